import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listAuditEvents } from '../../src/metadata/audit-events.ts'
import type { Profile } from '../../src/upstream/policy/profile.ts'
import { bytesOf, createImage, downloadUrl, partUrl, sha256Of, uploadImage } from '../uploading.ts'
import { codeOf, type FrontDoor, outcome, startFrontDoor } from './front-door.ts'

let directory: string
let profilePath: string
let door: FrontDoor | undefined
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-custody-'))
  profilePath = join(directory, 'profile.json')
})
afterEach(async () => {
  await door?.stop()
  door = undefined
  rmSync(directory, { recursive: true, force: true })
})

type WrittenProfile = { [K in keyof Profile]?: unknown }

async function start(profile: WrittenProfile, config = {}): Promise<FrontDoor> {
  writeFileSync(profilePath, JSON.stringify(profile))
  door = await startFrontDoor({ upstreamProfilePath: profilePath, ...config })
  return door
}

const put = (url: string, bytes: Uint8Array) => fetch(url, { method: 'PUT', body: Uint8Array.from(bytes) })

describe('the names', () => {
  it('are mapped in both directions, in every answer', async () => {
    const { server, upstream } = await start({
      workspaces: { default: 'default', prod: 'sfc:workspace:acme:real-prod' },
    })
    const direct = async (method: string, path: string, body?: unknown) =>
      (await (
        await fetch(upstream.url + path, {
          method,
          headers: { authorization: `Bearer ${upstream.token}` },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      ).json()) as Record<string, string>
    const real = await direct('POST', '/v2/workspaces', { name: 'real-prod' })
    const hidden = await direct('POST', '/v2/workspaces', { name: 'hidden' })
    const secret = await direct('POST', '/v2/images', { workspace: hidden.id, name: 'secret' })

    const { api } = server
    const created = await api('POST', '/v2/images', { workspace: 'sfc:workspace:local:prod', name: 'disk' })
    const shown = {
      resource_path: 'sfc:image:local:prod:disk',
      owner: 'local',
      workspace: 'prod',
      workspace_id: real.id,
      name: 'disk',
    }
    expect(created.body).toMatchObject(shown)
    expect(await direct('GET', `/v2/images/${created.body.id}`)).toMatchObject({
      resource_path: 'sfc:image:acme:real-prod:disk',
    })
    for (const ref of [created.body.id, 'sfc:image:local:prod:disk']) {
      expect((await api('GET', `/v2/images/${ref}`)).body).toMatchObject(shown)
    }
    expect((await api('GET', '/v2/images')).body.data).toMatchObject([shown])
    expect((await api('GET', '/v2/images?workspace=sfc:workspace:local:prod')).body.data).toHaveLength(1)
    expect((await api('GET', '/v2/workspaces')).body.data).toMatchObject([
      { name: 'default', owner: 'local' },
      { name: 'prod', id: real.id, resource_path: 'sfc:workspace:local:prod' },
    ])
    expect((await api('GET', `/v2/images/${secret.id}`)).status).toBe(404)
    expect((await api('GET', `/v2/workspaces/${hidden.id}`)).status).toBe(404)
    expect((await api('GET', '/v2/images/sfc:image:local:real-prod:disk')).status).toBe(404)
    expect(outcome(await api('POST', '/v2/workspaces', { name: 'more' }))).toBe('403 outside_policy')
  })
})

describe('a policy', () => {
  it('limits a token to operations, workspaces and names, and the refusal names the rule', async () => {
    const { server } = await start({ tokens: { test: {}, limited: { names: ['ci-*'], workspaces: ['default'] } } })
    const made = await server.api('POST', '/v2/tokens', { name: 'limited', role: 'admin' })
    const api = server.apiOf(made.body.token)
    const outside = await createImage(server.api, 'base')
    const refused = await api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default', name: 'base-2' })
    expect(refused.body.error).toMatchObject({
      type: 'forbidden',
      details: [{ code: 'outside_policy', field: 'tokens.limited.names' }],
    })
    expect(refused.body.error.message).toContain('ci-*')
    expect(outcome(await api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' }))).toBe(
      '403 outside_policy',
    )
    expect(outcome(await api('GET', `/v2/images/${outside}`))).toBe('403 outside_policy')
    expect(outcome(await api('DELETE', `/v2/images/${outside}`))).toBe('403 outside_policy')
    const inside = await createImage(api, 'ci-1')
    expect((await api('GET', '/v2/images')).body.data.map(({ id }: { id: string }) => id)).toEqual([inside])
    const [event] = await listAuditEvents(server.deps.db, { limit: 2 })
    expect(event).toMatchObject({ action: 'createImage', status: 201 })
  })

  it('is found by the name or id of the token, else by *, and is read again when told to', async () => {
    const { server } = await start({ tokens: { '*': { operations: ['getImage'] } } })
    expect(outcome(await server.api('GET', '/v2/images'))).toBe('403 outside_policy')
    expect((await server.api('GET', '/v2/capabilities')).status).toBe(200)
    writeFileSync(profilePath, '{ broken')
    server.deps.upstream?.reload()
    expect(outcome(await server.api('GET', '/v2/images'))).toBe('403 outside_policy')
    writeFileSync(profilePath, JSON.stringify({ tokens: { test: { operations: ['listImages'] } } }))
    server.deps.upstream?.reload()
    expect((await server.api('GET', '/v2/images')).status).toBe(200)
    expect(server.logText()).toContain('the upstream profile stays as it was')
  })

  it('caps the size of images, before their bytes are sent', async () => {
    const { server } = await start({ tokens: { '*': { max_size: '6MiB' } } })
    const id = await createImage(server.api)
    const bytes = bytesOf(5 * 1024 * 1024)
    expect((await put(await partUrl(server.api, id, 1), bytes)).status).toBe(200)
    expect(await codeOf(await put(await partUrl(server.api, id, 2), bytes))).toBe('403 outside_policy')
    const bound = await server.api('POST', `/v2/images/${id}/parts`, { part_id: 2, content_length: 2 * 1024 * 1024 })
    expect(outcome(bound)).toBe('403 outside_policy')
    expect((await put(await partUrl(server.api, id, 1), bytes)).status).toBe(200)
    expect((await put(await partUrl(server.api, id, 2), bytesOf(100))).status).toBe(200)
  })

  it('fills pages although much of what the upstream lists is not shown', async () => {
    const { server } = await start({ tokens: { '*': { names: ['shown-*', 'other-*'] } } })
    for (let i = 0; i < 12; i++) await createImage(server.api, `${i % 4 === 0 ? 'shown' : 'other'}-${i}`)
    writeFileSync(profilePath, JSON.stringify({ tokens: { '*': { names: ['shown-*'] } } }))
    server.deps.upstream?.reload()
    const first = (await server.api('GET', '/v2/images?limit=2')).body
    const names = (page: { data: { name: string }[] }) => page.data.map(({ name }) => name)
    expect(names(first)).toEqual(['shown-8', 'shown-4'])
    const second = (await server.api('GET', `/v2/images?limit=2&starting_after=${first.cursor}`)).body
    expect({ names: names(second), more: second.has_more }).toEqual({ names: ['shown-0'], more: false })
  })
})

describe('the provider', () => {
  it('has its words and request id passed on, but never its token, URLs or signatures', async () => {
    const { server, upstream } = await start({})
    const leak = `no: https://storage.example/x?X-Amz-Signature=feedbeef00 with Bearer ${upstream.token}`
    upstream.intercept = (request, response) => {
      if (request.method !== 'POST') return false
      const details = [{ code: 'over_plan', field: 'name', message: leak }]
      response.writeHead(422, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { type: 'unprocessable_entity', message: `Plan limit. ${leak}`, details } }))
      return true
    }
    const answer = await server.api('POST', '/v2/workspaces', { name: 'x' })
    expect(answer.status).toBe(422)
    expect(answer.body.error).toMatchObject({
      type: 'unprocessable_entity',
      details: [{ code: 'over_plan', field: 'name' }],
      upstream_request_id: expect.stringMatching(/^double-/),
    })
    expect(answer.headers.get('x-upstream-request-id')).toBe(answer.body.error.upstream_request_id)
    expect(answer.headers.get('x-request-id')).not.toBe(answer.body.error.upstream_request_id)
    expect(answer.body.error.message).toContain('Plan limit.')
    for (const secret of [upstream.token, 'feedbeef00', 'storage.example', upstream.url]) {
      expect(answer.text).not.toContain(secret)
    }
  })

  it("that refuses this server's own token is told to the operator, not as the caller's mistake", async () => {
    const { server } = await start({}, { upstreamToken: 'sk_live_revoked' })
    const answer = await server.api('GET', '/v2/images')
    expect(answer.status).toBe(502)
    expect(answer.text).not.toContain('revoked')
    expect(answer.body.error.message).toContain('tell the operator')
  })

  it("sees this server's request ids and never its callers' tokens", async () => {
    const { server, upstream } = await start({})
    await server.api('GET', '/v2/images', undefined, { 'x-request-id': 'build-42' })
    expect(upstream.requests.some(({ headers }) => headers['x-request-id'] === 'build-42')).toBe(true)
    for (const { headers } of upstream.requests) {
      expect(headers.authorization).toBe(`Bearer ${upstream.token}`)
      expect(headers.via).toMatch(/^1\.1 slipway-/)
    }
  })

  it('gives out no URL of its own through a relay', async () => {
    const { server, upstream } = await start({})
    const id = await uploadImage(server.api, [bytesOf(1000)])
    for (const url of [
      await partUrl(server.api, await createImage(server.api), 1),
      await downloadUrl(server.api, id),
    ]) {
      expect(url).toContain(`${server.url}/bytes/`)
      expect(url).not.toContain('X-Amz')
    }
    const bytes = new Uint8Array(await (await fetch(await downloadUrl(server.api, id))).arrayBuffer())
    expect(sha256Of(bytes)).toBe(sha256Of(bytesOf(1000)))
    expect(upstream.store.counts).toMatchObject({ puts: 1, gets: 1 })
  })
})

describe('a server that is its own upstream', () => {
  it('notices, rather than asking itself for ever', async () => {
    const { server, upstream } = await start({})
    // What the upstream's address leads to is this server itself.
    upstream.intercept = (request, response) => {
      fetch(server.url + (request.url ?? ''), {
        headers: { authorization: `Bearer ${looping}`, via: String(request.headers.via) },
      }).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
      })
      return true
    }
    const looping = await server.token()
    const answer = await server.api('GET', '/v2/images')
    expect(outcome(answer)).toBe('508 request_loop')
  })
})
