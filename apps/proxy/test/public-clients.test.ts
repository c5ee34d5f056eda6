import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './test-server.ts'
import { bytesOf, sha256Of } from './uploading.ts'

// The clients of the public API, call by call: what they send, and all that they read of the answers. They know nothing of
// Slipway's additions, and only the URL and the token of their configuration say that this is not SF Compute.

let server: TestServer
let token: string
beforeAll(async () => {
  server = await startTestServer()
  token = await server.token({ role: 'uploader' })
})
afterAll(() => server.stop())

const prefixes = ['/preview/v2', '/v2']
const mib = 1024 * 1024
const sha256Pattern = /^[a-f0-9]{64}$/
let names = 0
const newName = () => `public-client-${names++}`

interface Call {
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  readonly bearer?: string
}

/** The headers are the client's own, the same ones in every call. */
function createCaller(headersOfClient: Readonly<Record<string, string>>) {
  return async (method: string, path: string, { body, query = {}, bearer = token }: Call = {}) => {
    const url = new URL(server.url + path)
    for (const [name, value] of Object.entries(query)) {
      for (const item of [value].flat()) url.searchParams.append(name, item)
    }
    return await fetch(url, {
      method,
      headers: {
        ...headersOfClient,
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the clients' types are their own
async function jsonOf(answer: Response): Promise<any> {
  return await answer.json()
}

function expectSoon(unixSeconds: unknown): void {
  expect(unixSeconds).toEqual(expect.any(Number))
  expect(Number.isInteger(unixSeconds)).toBe(true)
  expect(Number(unixSeconds) * 1000).toBeGreaterThan(Date.now())
}

describe("the public API's TypeScript command", () => {
  // It says that it sends JSON in every call, those without a body included.
  const call = createCaller({ 'content-type': 'application/json' })
  const octets = { 'content-type': 'application/octet-stream' }

  async function defaultWorkspace(path: string): Promise<string> {
    const answer = await call('GET', path)
    expect(answer.ok).toBe(true)
    return `sfc:workspace:${(await jsonOf(answer)).id}:default`
  }

  async function start(prefix: string, name: string): Promise<string> {
    const workspace = await defaultWorkspace('/v1/account/me')
    const answer = await call('POST', `${prefix}/images`, { body: { name, workspace } })
    expect(answer.ok).toBe(true)
    return (await jsonOf(answer)).id
  }

  async function partUrl(prefix: string, id: string, partNumber: number): Promise<string> {
    const answer = await call('POST', `${prefix}/images/${id}/parts`, { body: { part_id: partNumber } })
    expect(answer.ok).toBe(true)
    const { url, expires_at: expiresAt } = await jsonOf(answer)
    expectSoon(expiresAt)
    return url
  }

  async function upload(prefix: string, name: string, parts: readonly Buffer[]): Promise<string> {
    const id = await start(prefix, name)
    // Several at a time, and each with a URL that was asked for just before.
    const statuses = await Promise.all(
      parts.map(async (bytes, index) => {
        const url = await partUrl(prefix, id, index + 1)
        return (await fetch(url, { method: 'PUT', headers: octets, body: Uint8Array.from(bytes) })).status
      }),
    )
    expect(statuses).toEqual(parts.map(() => 200))
    const completed = await call('POST', `${prefix}/images/${id}/complete`, { body: { sha256: sha256Of(...parts) } })
    expect(completed.ok).toBe(true)
    expect((await jsonOf(completed)).id).toBe(id)
    return id
  }

  it('asks for its account at the former path as at the present one', async () => {
    expect(await defaultWorkspace('/v0/me')).toBe(await defaultWorkspace('/v1/account/me'))
  })

  it.each(prefixes)('uploads, lists, shows and downloads an image under %s', async (prefix) => {
    const parts = [bytesOf(5 * mib, 1), bytesOf(5 * mib, 2), bytesOf(1000, 3)]
    const name = newName()
    const id = await upload(prefix, name, parts)

    const workspace = await defaultWorkspace('/v0/me')
    const { data } = await jsonOf(await call('GET', `${prefix}/images`, { query: { workspace } }))
    const listed = data.find((image: { id: string }) => image.id === id)
    expect(listed).toMatchObject({ id, name, upload_status: 'completed', created_at: expect.any(Number) })
    expect(Math.abs(listed.created_at - Date.now() / 1000)).toBeLessThan(600)

    for (const ref of [id, id.replace('image_', 'vmi_'), name, `${workspace}:${name}`.replace('workspace', 'image')]) {
      const path = `${prefix}/images/${encodeURIComponent(ref)}`
      const image = await jsonOf(await call('GET', path))
      expect(image).toMatchObject({ id, name, upload_status: 'completed', sha256: sha256Of(...parts) })
      const download = await jsonOf(await call('GET', `${path}/download`))
      expect(download).toMatchObject({ sha256: sha256Of(...parts), size: 10 * mib + 1000 })
      expectSoon(download.expires_at)
      // It shows the URL to be used with curl or wget: without a token.
      const bytes = Buffer.from(await (await fetch(download.url)).arrayBuffer())
      expect(sha256Of(bytes)).toBe(download.sha256)
    }
  })

  it('sends a part again, to a new URL, when its first transfer came to nothing', async () => {
    const id = await start('/preview/v2', newName())
    const bytes = bytesOf(1000)
    await partUrl('/preview/v2', id, 1)
    for (const body of [bytesOf(1000, 9), bytes]) {
      const url = await partUrl('/preview/v2', id, 1)
      expect((await fetch(url, { method: 'PUT', headers: octets, body: Uint8Array.from(body) })).status).toBe(200)
    }
    const answer = await call('POST', `/preview/v2/images/${id}/complete`, { body: { sha256: sha256Of(bytes) } })
    expect((await jsonOf(answer)).upload_status).toBe('completed')
  })

  it('learns from the status alone what is wrong', async () => {
    const name = newName()
    await start('/preview/v2', name)
    const workspace = await defaultWorkspace('/v1/account/me')
    expect((await call('POST', '/preview/v2/images', { body: { name, workspace } })).status).toBe(409)
    expect((await call('GET', '/preview/v2/images/not-there')).status).toBe(404)
    expect((await call('GET', '/v0/me', { bearer: 'sk_live_unknown' })).status).toBe(401)
  })
})

describe("the public API's generated SDKs", () => {
  // They accept an answer only with the very status and media type of its operation, and read every documented field.
  const call = createCaller({ accept: 'application/json', 'user-agent': 'generated-sdk/1', 'x-retry-count': '0' })

  async function read(status: number, method: string, path: string, options?: Call) {
    const answer = await call(method, path, options)
    expect({ path, status: answer.status }).toEqual({ path, status })
    expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/)
    return await jsonOf(answer)
  }

  const createdImage = {
    id: expect.stringMatching(/^image_[0-9a-zA-Z_-]{1,21}$/),
    resource_path: expect.stringMatching(/^sfc:image:([a-zA-Z0-9._-]+:){2}[a-zA-Z0-9._-]+$/),
    owner: expect.any(String),
    workspace: 'default',
    name: expect.any(String),
    object: 'image',
    created_at: expect.any(Number),
  }
  const image = {
    ...createdImage,
    workspace_id: expect.stringMatching(/^wksp_[0-9a-zA-Z_-]{1,21}$/),
    is_public: false,
    sha256: expect.stringMatching(sha256Pattern),
  }

  async function workspaceId(prefix: string): Promise<string> {
    const { object, data, has_more: hasMore } = await read(200, 'GET', `${prefix}/workspaces`)
    expect({ object, hasMore }).toEqual({ object: 'list', hasMore: false })
    const workspace = data.find(({ name }: { name: string }) => name === 'default')
    expect(workspace).toMatchObject({ owner: expect.any(String), object: 'workspace', created_at: expect.any(Number) })
    expect(workspace.resource_path).toBe(`sfc:workspace:${workspace.owner}:default`)
    return workspace.id
  }

  it.each(prefixes)('lead an image from its creation to its deletion under %s', async (prefix) => {
    const workspace = await workspaceId(prefix)
    const started = await read(201, 'POST', `${prefix}/images`, { body: { name: null, workspace } })
    expect(started).toMatchObject({ ...createdImage, upload_status: 'started' })
    const path = `${prefix}/images/${started.id}`

    const bytes = bytesOf(1000)
    const part = await read(200, 'POST', `${path}/parts`, { body: { part_id: 1 } })
    expectSoon(part.expires_at)
    expect((await fetch(part.url, { method: 'PUT', body: Uint8Array.from(bytes) })).status).toBe(200)
    const completed = await read(200, 'POST', `${path}/complete`, { body: { sha256: sha256Of(bytes) } })
    expect(completed).toMatchObject({ ...image, upload_status: 'completed' })

    const shown = await read(200, 'GET', path)
    expect(shown).toMatchObject({ ...image, upload_status: 'completed' })
    expect(shown.provider === null || typeof shown.provider === 'string').toBe(true)
    const download = await read(200, 'GET', `${path}/download`)
    expect(download).toMatchObject({ url: expect.any(String), sha256: sha256Of(bytes), size: 1000 })
    expectSoon(download.expires_at)

    // Without a body, and without a content type.
    expect(await read(200, 'POST', `${path}/revoke`)).toMatchObject({ ...image, upload_status: 'revoked' })
    expect(await read(200, 'POST', `${path}/reinstate`)).toMatchObject({ ...image, upload_status: 'completed' })
    expect(await read(200, 'DELETE', path)).toEqual({ object: 'image', deleted: true, name: started.name })
  })

  it('turn pages by the cursor alone, until there is none', async () => {
    const workspace = await workspaceId('/v2')
    const ids: string[] = []
    for (let i = 0; i < 3; i++) {
      ids.push((await read(201, 'POST', '/v2/images', { body: { name: newName(), workspace } })).id)
    }
    const seen: string[] = []
    let cursor: unknown
    for (let pages = 0; pages < 10; pages++) {
      const query = { workspace, id: ids, limit: '2', ...(typeof cursor === 'string' && { starting_after: cursor }) }
      const page = await read(200, 'GET', '/v2/images', { query })
      seen.push(...page.data.map(({ id }: { id: string }) => id))
      cursor = page.cursor
      if (typeof cursor !== 'string') break
    }
    expect(cursor ?? null).toBe(null)
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  it('list without a workspace, and with deleted images', async () => {
    const workspace = await workspaceId('/v2')
    const { id } = await read(201, 'POST', '/v2/images', { body: { name: newName(), workspace } })
    await read(200, 'DELETE', `/v2/images/${id}`)
    const listed = async (isDeletedIncluded: string) => {
      const query = { include_deleted: isDeletedIncluded, limit: '200' }
      return (await read(200, 'GET', '/v2/images', { query })).data.some((image: { id: string }) => image.id === id)
    }
    expect([await listed('false'), await listed('true')]).toEqual([false, true])
  })

  it('find workspaces by id, path or name, and let the server name them', async () => {
    const bearer = await server.token()
    const made = await read(201, 'POST', '/v2/workspaces', { bearer, body: { name: null } })
    const image = await read(201, 'POST', '/v2/images', { body: { name: null, workspace: made.id } })
    for (const ref of [made.id, made.resource_path, made.name]) {
      expect(await read(200, 'GET', `/v2/workspaces/${encodeURIComponent(ref)}`)).toEqual(made)
      expect((await read(200, 'GET', '/v2/workspaces', { query: { id: ref } })).data).toEqual([made])
    }
    for (const workspace of [made.id, made.resource_path]) {
      const { data } = await read(200, 'GET', '/v2/images', { query: { workspace } })
      expect(data.map(({ id }: { id: string }) => id)).toEqual([image.id])
    }
    const { data } = await read(200, 'GET', '/v2/workspaces', { query: { id: [made.name, 'default', 'not-there'] } })
    expect(data.map(({ name }: { name: string }) => name).toSorted()).toEqual([made.name, 'default'].toSorted())
    const renamed = await read(200, 'PATCH', `/v2/workspaces/${made.name}`, { bearer, body: { name: null } })
    expect(renamed).toEqual(made)
    await read(404, 'GET', '/v2/workspaces/not-there')
  })

  it('make an error of its type out of every refusal', async () => {
    const workspace = await workspaceId('/v2')
    const name = newName()
    const { id } = await read(201, 'POST', '/v2/images', { body: { name, workspace } })
    const refusals: [number, string, string, string, Call][] = [
      [400, 'invalid_request_error', 'POST', '/v2/images', { body: { name, workspace: 'wksp-' } }],
      [401, 'authentication_error', 'GET', '/v2/images', { bearer: 'sk_live_unknown' }],
      [403, 'forbidden', 'DELETE', `/v2/images/${id}`, { bearer: await server.token({ role: 'reader' }) }],
      [404, 'not_found', 'GET', '/v2/images/image_nothing', {}],
      [409, 'conflict', 'POST', '/v2/images', { body: { name, workspace } }],
      [409, 'conflict', 'GET', `/v2/images/${id}/download`, {}],
    ]
    for (const [status, type, method, path, options] of refusals) {
      const { error } = await read(status, method, path, options)
      expect(error).toMatchObject({ type, message: expect.any(String) })
      for (const { code, message, field } of error.details ?? []) {
        expect([typeof code, typeof message]).toEqual(['string', 'string'])
        expect(['undefined', 'string']).toContain(typeof field)
      }
    }
  })
})
