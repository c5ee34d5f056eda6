import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  contract,
  createdImageSchema,
  errorBodySchema,
  errorTypeOf,
  imageSchema,
  type OperationName,
} from '@slipway/core'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../src/app.ts'
import { createRequestContext } from '../src/http/request-context.ts'
import { type Answer, startTestServer, type TestServer } from './test-server.ts'
import { bytesOf, complete, createImage, defaultWorkspace, putPart, sha256Of, uploadImage } from './uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

function expectError(answer: Answer, status: number, code: string, field?: string): void {
  expect({ status: answer.status, code: answer.body?.error?.details?.[0]?.code }).toEqual({ status, code })
  const { error } = errorBodySchema.parse(answer.body)
  expect(error.type).toBe(errorTypeOf(status))
  if (field !== undefined) expect(error.details?.[0]?.field).toBe(field)
}

describe('the documented calls', () => {
  it('creates an image as the documentation shows', async () => {
    const answer = await server.api('POST', '/v2/images', { workspace: defaultWorkspace, name: 'my-resource-name' })
    expect(answer.status).toBe(201)
    const image = createdImageSchema.parse(answer.body)
    expect(image).toMatchObject({
      resource_path: 'sfc:image:local:default:my-resource-name',
      owner: 'local',
      workspace: 'default',
      name: 'my-resource-name',
      object: 'image',
      upload_status: 'started',
      sha256: null,
    })
    expect(Math.abs(image.created_at - Date.now() / 1000)).toBeLessThan(60)
  })

  it('completes an image as the documentation shows', async () => {
    const bytes = bytesOf(1000)
    const id = await createImage(server.api)
    await putPart(server.api, id, 1, bytes)
    const answer = await server.api('POST', `/preview/v2/images/${id}/complete`, { sha256: sha256Of(bytes) })
    expect(answer.status).toBe(200)
    expect(imageSchema.parse(answer.body)).toMatchObject({
      id,
      is_public: false,
      upload_status: 'completed',
      sha256: sha256Of(bytes),
      sha256_verified: expect.any(Boolean),
    })
    expect(answer.body.workspace_id).toMatch(/^wksp_/)
  })

  it('makes up a name when none is given', async () => {
    const { body } = await server.api('POST', '/v2/images', { workspace: defaultWorkspace })
    expect(body.name).toMatch(/^[a-z]+-[a-z]+-[0-9a-z]{6}$/)
  })
})

describe('references', () => {
  it.each([
    ['its id', (id: string) => id],
    ['its legacy id', (id: string) => id.replace('image_', 'vmi_')],
    ['its path', () => 'sfc:image:local:default:by-reference'],
    ['its encoded path', () => 'sfc%3Aimage%3Alocal%3Adefault%3Aby-reference'],
    ['its bare name', () => 'by-reference'],
  ])('finds an image by %s, under both prefixes', async (_, refOf) => {
    const known = await server.api('GET', '/v2/images/by-reference')
    const id: string = known.status === 200 ? known.body.id : await createImage(server.api, 'by-reference')
    for (const prefix of ['/v2', '/preview/v2']) {
      const { status, body } = await server.api('GET', `${prefix}/images/${refOf(id)}`)
      expect({ status, id: body.id }).toEqual({ status: 200, id })
    }
  })

  it.each(['image_k3R-nX9vLm7Qp2Yw5Jd8F%0A', 'image_k3R%0A', '%zz', 'a%2Fb', 'sfc:image:a:b', '%00', '-x'])(
    'refuses the malformed reference %s',
    async (ref) => {
      expectError(await server.api('GET', `/v2/images/${ref}`), 400, 'invalid_format', 'id')
    },
  )

  it('does not find what is not there', async () => {
    expectError(await server.api('GET', '/v2/images/image_nothing'), 404, 'image_not_found')
    expectError(await server.api('GET', '/v2/images/sfc:image:other:default:x'), 404, 'image_not_found')
    expectError(await server.api('GET', '/v2/images/sfc:image:-:default:x'), 404, 'image_not_found')
  })
})

describe('refusals', () => {
  const create = (body: unknown) => server.api('POST', '/v2/images', body)

  it.each<[string, unknown, number, string, string | undefined]>([
    ['a missing workspace', {}, 400, 'required', 'workspace'],
    ['no body', undefined, 400, 'required', 'workspace'],
    ['a name of 256 characters', { workspace: defaultWorkspace, name: 'x'.repeat(256) }, 400, 'invalid_format', 'name'],
    ['a name with a trailing newline', { workspace: defaultWorkspace, name: 'x\n' }, 400, 'invalid_format', 'name'],
    ['an unknown field', { workspace: defaultWorkspace, nmae: 'x' }, 400, 'unrecognized_field', 'nmae'],
    ['a field of the wrong type', { workspace: 7 }, 400, 'invalid_type', 'workspace'],
    ['a body that is no object', '[]', 400, 'invalid_type', undefined],
    ['malformed JSON', '{"workspace":', 400, 'malformed_json', 'body'],
    ['a workspace that is not there', { workspace: 'wksp_nothing' }, 404, 'workspace_not_found', undefined],
    [
      "another account's workspace",
      { workspace: 'sfc:workspace:other:default' },
      404,
      'workspace_not_found',
      undefined,
    ],
    ['a path of four segments', { workspace: 'sfc:workspace:a:b:c:d' }, 404, 'workspace_not_found', undefined],
    ['a body over the limit', JSON.stringify({ workspace: 'x'.repeat(70_000) }), 413, 'body_too_large', undefined],
  ])('refuses to create with %s', async (_, body, status, code, field) => {
    expectError(await create(body), status, code, field)
  })

  it('refuses a taken name until its holder is deleted', async () => {
    const id = await createImage(server.api, 'taken')
    expectError(await create({ workspace: defaultWorkspace, name: 'taken' }), 409, 'name_taken', 'name')
    expect((await server.api('DELETE', `/v2/images/${id}`)).body).toEqual({
      object: 'image',
      deleted: true,
      name: 'taken',
    })
    expect((await create({ workspace: defaultWorkspace, name: 'taken' })).status).toBe(201)
  })

  it('refuses a body that does not say it is JSON', async () => {
    const response = await fetch(`${server.url}/v2/images`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'text/plain' },
      body: '{}',
    })
    expect(response.status).toBe(415)
    errorBodySchema.parse(await response.json())
  })

  it('refuses a body that grows over the limit without saying its length', async () => {
    const chunk = new Uint8Array(16_384).fill(32)
    let sentChunks = 0
    const response = await fetch(`${server.url}/v2/images`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/json' },
      body: new ReadableStream({
        pull: (controller) => (sentChunks++ < 40 ? controller.enqueue(chunk) : controller.close()),
      }),
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
  })

  it('answers an unknown path and a wrong method in the envelope', async () => {
    expectError(await server.api('GET', '/v3/images'), 404, 'unknown_path')
    expectError(await server.api('GET', '/'), 404, 'unknown_path')
    const answer = await server.api('PUT', '/v2/images', {})
    expectError(answer, 405, 'method_not_allowed')
    expect(answer.headers.get('allow')).toBe('POST, GET, HEAD')
  })

  it('refuses single-valued query parameters that repeat, and ignores unknown ones', async () => {
    expectError(await server.api('GET', '/v2/images?limit=1&limit=2'), 400, 'invalid_format', 'limit')
    expect((await server.api('GET', '/v2/images?colour=red')).status).toBe(200)
  })

  it.each(['0', '201', '-1', '1.5', '0x10', '', ' 1', '1e2'])('refuses the page size "%s"', async (limit) => {
    expect((await server.api('GET', `/v2/images?limit=${encodeURIComponent(limit)}`)).status).toBe(400)
  })

  it.each([0, -1, 1.5, 10_001, '1', null])('refuses the part number %s', async (partNumber) => {
    const id = await createImage(server.api)
    expect((await server.api('POST', `/v2/images/${id}/parts`, { part_id: partNumber })).status).toBe(400)
  })

  it.each(['A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`])('refuses the digest %j', async (sha256) => {
    const id = await createImage(server.api)
    expectError(await complete(server.api, id, sha256), 400, 'invalid_format', 'sha256')
  })
})

describe('every operation', () => {
  it.each(Object.keys(contract) as OperationName[])('%s asks for a token', async (name) => {
    const { method, path, isPrefixed } = contract[name]
    const target = (isPrefixed ? '/v2' : '') + path.replace(/\{\w+\}/, 'wksp_x')
    const response = await fetch(server.url + target, { method })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toMatchObject({ error: { details: [{ code: 'missing_token' }] } })
  })

  it('answers in the shape that the contract states', async () => {
    const id = await uploadImage(server.api, [bytesOf(100)], 'shapes')
    const check = async (name: OperationName, path: string, body?: unknown) => {
      const { method, response, status } = contract[name]
      const answer = await server.api(method, path, body)
      expect({ name, status: answer.status }).toEqual({ name, status })
      expect(() => response.parse(answer.body)).not.toThrow()
    }
    await check('getImage', `/v2/images/${id}`)
    await check('listImages', '/v2/images')
    await check('listParts', `/v2/images/${id}/parts`)
    await check('getImageDownload', `/v2/images/${id}/download`)
    await check('revokeImage', `/v2/images/${id}/revoke`)
    await check('reinstateImage', `/v2/images/${id}/reinstate`)
    await check('publishImage', `/v2/admin/images/${id}/publish`)
    await check('setDefaultImage', `/v2/admin/images/${id}/set-default`)
    await check('createWorkspace', '/v2/workspaces', { name: 'shapes' })
    await check('listWorkspaces', '/v2/workspaces')
    await check('getWorkspace', '/v2/workspaces/sfc:workspace:local:shapes')
    await check('updateWorkspace', '/v2/workspaces/sfc:workspace:local:shapes', { name: 'shapes-2' })
    await check('deleteWorkspace', '/v2/workspaces/sfc:workspace:local:shapes-2')
    await check('getAccount', '/v1/account/me')
    await check('getAccount', '/v0/me')
    await check('getCapabilities', '/v2/capabilities')
  })
})

describe('request ids', () => {
  it.each([
    ['a sane one is kept', 'build-42.retry_1', /^build-42\.retry_1$/],
    ['an unsafe one is replaced', 'a b', /^[0-9a-f-]{36}$/],
    ['too long a one is replaced', 'x'.repeat(129), /^[0-9a-f-]{36}$/],
  ])('%s', async (_, sent, expected) => {
    const authorization = `Bearer ${await server.token()}`
    const asked = async (path: string, method = 'GET', headers = {}) => {
      const response = await fetch(server.url + path, { method, headers: { 'x-request-id': sent, ...headers } })
      await response.body?.cancel()
      return response.headers.get('x-request-id')
    }
    for (const path of ['/healthz', '/v2/images', '/v2/images/nowhere', '/nowhere', '/bytes/nowhere']) {
      expect(await asked(path, 'GET', { authorization })).toMatch(expected)
      expect(await asked(path, 'HEAD', { authorization })).toMatch(expected)
    }
    expect(await asked('/v2/images')).toMatch(expected)
    expect(await asked('/v2/images', 'PUT', { authorization })).toMatch(expected)
  })
})

describe('health', () => {
  it('tells that the process lives and that it can serve, without a token', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    const ready = await fetch(`${server.url}/readyz`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toEqual({ status: 'ok', checks: { serving: 'ok', database: 'ok', storage: 'ok' } })
  })

  it('tells while it stops that no more traffic should come', async () => {
    const app = createApp({ ...server.deps, isDraining: true }, new Hono())
    const response = await app.request('/readyz', {}, { context: createRequestContext(undefined) })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ checks: { serving: 'stopping' } })
  })
})

it('takes a request for the whole URL, as a proxy sends it', async () => {
  const id = await createImage(server.api)
  const authorization = `Bearer ${await server.token()}`
  const answer = await new Promise<string>((resolve, reject) => {
    const path = `${server.url}/v2/images/${id}?x=1`
    const request = httpRequest(server.url, { path, headers: { authorization } }, (response) => resolve(text(response)))
    request.on('error', reject)
    request.end()
  })
  expect(JSON.parse(answer)).toMatchObject({ object: 'image', id })
})

it('answers HEAD with the head of what GET answers', async () => {
  const authorization = `Bearer ${await server.token()}`
  const [head, get] = await Promise.all(
    ['HEAD', 'GET'].map((method) => fetch(`${server.url}/v2/workspaces`, { method, headers: { authorization } })),
  )
  expect([head?.status, await head?.text()]).toEqual([200, ''])
  expect(head?.headers.get('content-length')).toBe(String((await get?.text())?.length))
})
