import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAuditEvents } from '../src/metadata/audit-events.ts'
import { runProxyCommand } from './spawned-proxy.ts'
import { startTestServer, type TestServer } from './test-server.ts'
import { createImage, defaultWorkspace, partUrl } from './uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const create = (name: string | null, key: string) =>
  server.api('POST', '/v2/images', { workspace: defaultWorkspace, name }, { 'idempotency-key': key })

describe('a creation with an Idempotency-Key', () => {
  it('answers the same when it is repeated, whatever became of the image', async () => {
    const first = await create(null, 'key-1')
    await partUrl(server.api, first.body.id, 1)
    const again = await create(null, 'key-1')
    expect(again).toMatchObject({ status: 201, body: first.body })
  })

  it('creates once when its repetitions race', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => create('raced-key', 'key-2')))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1)
  })

  it('refuses another request under the same key', async () => {
    await create('one', 'key-3')
    const { status, body } = await create('other', 'key-3')
    expect(status).toBe(409)
    expect(body.error).toMatchObject({ type: 'idempotency_error', details: [{ code: 'idempotency_error' }] })
  })

  it('remembers no refusal, and forgets after a day', async () => {
    await createImage(server.api, 'held')
    expect((await create('held', 'key-4')).status).toBe(409)
    const first = await create('day', 'key-5')
    await server.api('DELETE', `/v2/images/${first.body.id}`)
    server.clock.offsetMs += 86_400_001
    expect((await create('day', 'key-5')).body.id).not.toBe(first.body.id)
  })

  it('refuses a key that is no key', async () => {
    expect((await create('x', 'a b')).status).toBe(400)
    expect((await create('x', 'k'.repeat(256))).status).toBe(400)
  })
})

describe('tokens over HTTP', () => {
  it('are made once, listed without their secret, used and revoked', async () => {
    const made = await server.api('POST', '/v2/tokens', { name: 'ci', role: 'uploader', expires_in_days: 2 })
    expect(made).toMatchObject({
      status: 201,
      body: { object: 'token', name: 'ci', role: 'uploader', revoked_at: null },
    })
    expect(made.body.expires_at - made.body.created_at).toBe(2 * 86_400)
    const api = server.apiOf(made.body.token)
    expect((await api('GET', '/v2/images')).status).toBe(200)
    expect((await api('GET', '/v2/tokens')).status).toBe(403)
    const listed = await server.api('GET', '/preview/v2/tokens')
    expect(listed.text).not.toContain(made.body.token)
    expect(listed.body.data.map(({ id }: { id: string }) => id)).toContain(made.body.id)
    const revoked = await server.api('DELETE', `/v2/tokens/${made.body.id}`)
    expect(revoked).toMatchObject({ status: 200, body: { revoked: true, id: made.body.id } })
    expect((await api('GET', '/v2/images')).status).toBe(401)
  })

  it('can be limited to a workspace, and then manage no others', async () => {
    const workspace = (await server.api('POST', '/v2/workspaces', { name: 'team' })).body.id
    const made = await server.api('POST', '/v2/tokens', { name: 'team-admin', role: 'admin', workspace })
    expect(made.body.workspace_id).toBe(workspace)
    const api = server.apiOf(made.body.token)
    expect((await api('GET', '/v2/tokens')).body.data).toHaveLength(1)
    const child = await api('POST', '/v2/tokens', { name: 'child', role: 'admin' })
    expect(child.body.workspace_id).toBe(workspace)
    expect((await api('POST', '/v2/tokens', { name: 'x', role: 'reader', workspace: defaultWorkspace })).status).toBe(
      404,
    )
  })

  it("cannot be those of another account, nor ones that don't exist", async () => {
    const other = server.apiOf(await server.token({ account: 'other' }))
    const foreign = (await other('GET', '/v2/tokens')).body.data[0].id
    expect((await server.api('DELETE', `/v2/tokens/${foreign}`)).status).toBe(404)
    expect((await server.api('DELETE', '/v2/tokens/token_none')).status).toBe(404)
    expect((await server.api('DELETE', '/v2/tokens/none')).status).toBe(400)
  })
})

describe('wrong tokens', () => {
  it('are told to wait after too many, while valid ones go on', async () => {
    const wrong = server.apiOf(`sk_live_${'x'.repeat(43)}`)
    const statuses: number[] = []
    for (let i = 0; i < 25; i++) statuses.push((await wrong('GET', '/v2/images')).status)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    const { headers, body } = await wrong('GET', '/v2/images')
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(body.error).toMatchObject({ type: 'service_unavailable', details: [{ code: 'too_many_requests' }] })
    expect((await server.api('GET', '/v2/images')).status).toBe(200)
    server.clock.offsetMs += 60_000
    expect((await wrong('GET', '/v2/images')).status).toBe(401)
  })
})

describe('the audit log', () => {
  it('tells who did what to what and how it ended, without secrets', async () => {
    const token = await server.token({ role: 'reader' })
    await server.apiOf(token)('DELETE', '/v2/images/none')
    const id = await createImage(server.api, 'audited')
    const [created, refused] = await listAuditEvents(server.deps.db, { limit: 2 })
    expect(created).toMatchObject({ action: 'createImage', target: id, status: 201, account: 'local' })
    expect(refused).toMatchObject({ action: 'deleteImage', target: 'none', status: 403 })
    expect(refused?.actor).toMatch(/^token_/)
    expect(JSON.stringify(await listAuditEvents(server.deps.db, { limit: 1000 }))).not.toContain('sk_live_')
  })
})

describe('the commands of the host', () => {
  const command = (...args: string[]) => runProxyCommand([...args, '--data', server.dataDir])

  it('list the audit log, filtered', async () => {
    const id = await createImage(server.api, 'listed-in-the-audit')
    const { stdout } = await command('audit', '--target', id, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ action: 'createImage', target: id, status: 201, account: 'local' })
    expect((await command('audit', '--target', id)).stdout).toMatch(/^AT +ACCOUNT +ACTOR.*\n.*createImage/)
    expect((await command('audit', '--target', 'nothing')).stdout).toBe('No changes are recorded that match.\n')
    expect((await command('audit', '--since', '2999-01-01', '--json')).stdout).toBe('')
    expect(await command('audit', '--since', 'yesterday')).toMatchObject({ code: 2, stdout: '' })
    expect(await command('audit', '--limit', '0')).toMatchObject({ code: 2, stdout: '' })
  })

  it('make tokens that see one workspace only', async () => {
    const workspace = (await server.api('POST', '/v2/workspaces', { name: 'nightly' })).body.id
    const make = (given: string) =>
      command('token', 'create', '--name', 'n', '--role', 'reader', '--workspace', given, '--quiet')
    for (const given of ['nightly', workspace, 'sfc:workspace:local:nightly']) {
      const { stdout } = await make(given)
      const { body } = await server.apiOf(stdout.trim())('GET', '/v2/workspaces')
      expect(body.data.map(({ id }: { id: string }) => id)).toEqual([workspace])
    }
    expect(await make('nowhere')).toMatchObject({ code: 1, stdout: '' })
    expect(await make('a b')).toMatchObject({ code: 2, stdout: '' })
  })
})
