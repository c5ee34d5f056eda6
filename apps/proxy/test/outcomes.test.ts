import {
  apiPrefixes,
  contract,
  errorBodySchema,
  errorTypeOf,
  type OperationDefinition,
  type OperationName,
} from '@slipway/core'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Api, startTestServer, type TestServer } from './test-server.ts'
import { bytesOf, createImage, defaultWorkspace, sha256Of, uploadImage } from './uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

interface Target {
  readonly path: string
  readonly body?: unknown
}
/** Brings about the state, and says what to ask for. */
type Case = () => Promise<Target> | Target
type Outcomes = Partial<Record<number, Case>>

const started = () => createImage(server.api)
const completed = () => uploadImage(server.api, [bytesOf(100)])
const sha256 = sha256Of(bytesOf(100))
async function after(id: Promise<string>, ...steps: string[]): Promise<string> {
  for (const step of steps) {
    const { status, text } = await server.api('POST', step.replace('{id}', await id))
    if (status !== 200) throw new Error(text)
  }
  return await id
}
const published = () => after(completed(), '/v2/admin/images/{id}/publish')
const revoked = () => after(completed(), '/v2/images/{id}/revoke')
const workspace = async () => (await server.api('POST', '/v2/workspaces', {})).body.id
const image = (suffix: string, make: () => Promise<string>, body?: unknown): Case => {
  return async () => ({ path: `/images/${await make()}${suffix}`, body })
}
const admin = (suffix: string, make: () => Promise<string>): Case => {
  return async () => ({ path: `/admin/images/${await make()}${suffix}` })
}
const at = (path: string, body?: unknown): Case => {
  return () => ({ path, body })
}
const none = 'image_none'
let renamedCount = 0

/** Everything that an operation documents, but 401, 403 by role and 500, which are alike for all. */
const outcomes: Readonly<Record<OperationName, Outcomes>> = {
  createImage: {
    201: at('/images', { workspace: defaultWorkspace }),
    400: at('/images', { workspace: defaultWorkspace, name: '%' }),
    404: at('/images', { workspace: 'sfc:workspace:local:none' }),
    409: async () => {
      await createImage(server.api, 'held')
      return { path: '/images', body: { workspace: defaultWorkspace, name: 'held' } }
    },
  },
  listImages: { 200: at('/images'), 400: at('/images?limit=0'), 404: at('/images?workspace=wksp_none') },
  getImage: { 200: image('', started), 400: at('/images/%25'), 404: at(`/images/${none}`) },
  deleteImage: {
    200: image('', started),
    400: at('/images/%0A'),
    403: image('', () => after(published(), '/v2/admin/images/{id}/set-default')),
    404: at(`/images/${none}`),
  },
  createPartUrl: {
    200: image('/parts', started, { part_id: 1 }),
    400: image('/parts', started, { part_id: 0 }),
    404: at(`/images/${none}/parts`, { part_id: 1 }),
    409: image('/parts', completed, { part_id: 1 }),
  },
  listParts: {
    200: image('/parts', completed),
    400: image('/parts?starting_after=x', started),
    404: at(`/images/${none}/parts`),
  },
  completeImage: {
    200: image('/complete', completed, { sha256 }),
    400: image('/complete', started, { sha256: 'A'.repeat(64) }),
    404: at(`/images/${none}/complete`, { sha256 }),
    409: image('/complete', completed, { sha256: '0'.repeat(64) }),
  },
  getImageDownload: {
    200: image('/download', completed),
    400: at('/images/%25/download'),
    404: at(`/images/${none}/download`),
    409: image('/download', started),
  },
  revokeImage: {
    200: image('/revoke', completed),
    400: at('/images/%25/revoke'),
    403: image('/revoke', published),
    404: at(`/images/${none}/revoke`),
    409: image('/revoke', started),
  },
  reinstateImage: {
    200: image('/reinstate', revoked),
    400: at('/images/%25/reinstate'),
    404: at(`/images/${none}/reinstate`),
    409: image('/reinstate', completed),
  },
  publishImage: {
    200: admin('/publish', completed),
    400: at('/admin/images/%25/publish'),
    404: at(`/admin/images/${none}/publish`),
    409: admin('/publish', started),
  },
  setDefaultImage: {
    200: admin('/set-default', published),
    400: at('/admin/images/%25/set-default'),
    404: at(`/admin/images/${none}/set-default`),
    409: admin('/set-default', completed),
  },
  listWorkspaces: { 200: at('/workspaces') },
  createWorkspace: {
    201: at('/workspaces', {}),
    400: at('/workspaces', { name: '%' }),
    409: at('/workspaces', { name: 'default' }),
  },
  getWorkspace: {
    200: at(`/workspaces/${defaultWorkspace}`),
    400: at('/workspaces/-none'),
    404: at('/workspaces/wksp_none'),
  },
  updateWorkspace: {
    200: async () => ({ path: `/workspaces/${await workspace()}`, body: { name: `renamed-${++renamedCount}` } }),
    400: async () => ({ path: `/workspaces/${await workspace()}`, body: { name: '' } }),
    404: at('/workspaces/wksp_none', { name: 'x' }),
    409: async () => ({ path: `/workspaces/${await workspace()}`, body: { name: 'default' } }),
  },
  deleteWorkspace: {
    200: async () => ({ path: `/workspaces/${await workspace()}` }),
    400: at('/workspaces/-none'),
    404: at('/workspaces/wksp_none'),
    409: at(`/workspaces/${defaultWorkspace}`),
  },
  listTokens: { 200: at('/tokens') },
  createToken: {
    201: at('/tokens', { name: 'x', role: 'reader' }),
    400: at('/tokens', { name: 'x', role: 'owner' }),
    404: at('/tokens', { name: 'x', role: 'reader', workspace: 'wksp_none' }),
  },
  revokeToken: {
    200: async () => {
      const { body } = await server.api('POST', '/v2/tokens', { name: 'x', role: 'reader' })
      return { path: `/tokens/${body.id}` }
    },
    400: at('/tokens/none'),
    404: at('/tokens/token_none'),
  },
  getAccount: { 200: at('/v1/account/me') },
  getCapabilities: { 200: at('/capabilities') },
}

/** The image API documents 409 for an image in use, which nothing here can bring about: images boot elsewhere. */
const unreachable = new Set(['deleteImage 409'])

function assertEnvelope({ status, body }: Answer): void {
  expect(errorBodySchema.parse(body).error.type).toBe(errorTypeOf(status))
  expect(body.error.details?.[0]).toMatchObject({ code: expect.any(String), message: expect.any(String) })
}

describe.each(Object.entries<OperationDefinition>(contract))('%s', (key, definition) => {
  const name = key as OperationName
  const { method, isPrefixed, role, status: success, errors } = definition
  const ask = async (api: Api, { path, body }: Target, prefix = '/v2', headers = {}) =>
    await api(method, (isPrefixed ? prefix : '') + path, body, headers)
  const successCase = () => (outcomes[name][success] as Case)()

  it('is tried for everything that it documents', () => {
    const tried = new Set([...Object.keys(outcomes[name]).map(Number), 400, 401, 403, 500])
    for (const status of [success, ...errors]) {
      if (!unreachable.has(`${name} ${status}`)) expect([...tried], `${status}`).toContain(status)
    }
  })

  it.each(isPrefixed ? apiPrefixes : [''])('answers what the contract says under "%s"', async (prefix) => {
    const answer = await ask(server.api, await successCase(), prefix)
    expect(answer.status, answer.text).toBe(success)
    expect(definition.response.safeParse(answer.body).error).toBeUndefined()
    expect(answer.headers.get('x-request-id')).toBeTruthy()
  })

  const refusals = Object.entries(outcomes[name]).filter(([status]) => Number(status) !== success)
  it.each(refusals)('refuses with %s', async (status, bringAbout) => {
    const answer = await ask(server.api, await (bringAbout as Case)())
    expect(answer.status, answer.text).toBe(Number(status))
    assertEnvelope(answer)
  })

  it('refuses a malformed header with 400, no token and a wrong one with 401', async () => {
    const target = await successCase()
    const malformed = await ask(server.api, target, '/v2', { 'idempotency-key': 'a b' })
    expect(malformed.status).toBe(400)
    assertEnvelope(malformed)
    for (const authorization of ['', 'Bearer wrong', 'Basic eDp5']) {
      const answer = await ask(server.api, target, '/v2', { authorization })
      expect(answer.status).toBe(401)
      assertEnvelope(answer)
    }
    server.clock.offsetMs += 60_000
  })

  it('refuses a role that is too small with 403, and only that', async () => {
    const target = await successCase()
    for (const held of ['reader', 'uploader'] as const) {
      const isEnough = role === 'reader' || role === held
      if (isEnough) continue
      const answer = await ask(server.apiOf(await server.token({ role: held })), target)
      expect(answer.status).toBe(403)
      assertEnvelope(answer)
    }
  })

  it('fails with 500 that tells nothing but the request id', async () => {
    const target = await successCase()
    await sql`alter table tokens rename to tokens_away`.execute(server.deps.db)
    // Past the time for which the server takes a token's row for granted.
    server.clock.offsetMs += 2000
    const answer = await ask(server.api, target)
    await sql`alter table tokens_away rename to tokens`.execute(server.deps.db)
    expect(answer.status).toBe(500)
    assertEnvelope(answer)
    expect(answer.body.error.message).toContain(answer.headers.get('x-request-id'))
    expect(answer.text).not.toMatch(/sqlite|table|tokens|at /i)
  })
})
