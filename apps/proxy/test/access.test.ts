import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashToken } from '../src/auth/tokens.ts'
import { revokeTokens } from '../src/metadata/tokens.ts'
import { startTestServer, type TestServer } from './test-server.ts'
import { bytesOf, uploadImage } from './uploading.ts'

/** In the words of either database. */
const noSuchTable = /no such table|relation .* does not exist/

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const codeWith = async (authorization: string) => {
  const response = await fetch(`${server.url}/v2/images`, { headers: { authorization } })
  const body = (await response.json()) as { error?: { details: { code: string }[] } }
  return `${response.status} ${body.error?.details[0]?.code ?? 'ok'}`
}

describe('tokens', () => {
  it('are refused when missing, wrong, expired or revoked', async () => {
    const token = await server.token()
    expect(await codeWith(`Bearer ${token}`)).toBe('200 ok')
    expect(await codeWith(`bearer  ${token}`)).toBe('200 ok')
    expect(await codeWith('')).toBe('401 missing_token')
    expect(await codeWith(`Basic ${token}`)).toBe('401 invalid_token')
    expect(await codeWith(`Bearer ${token}x`)).toBe('401 invalid_token')
    expect(await codeWith(`Bearer sk_live_${'A'.repeat(43)}`)).toBe('401 invalid_token')
    expect(await codeWith(`Bearer ${await server.token({ expiresAtMs: Date.now() - 1 })}`)).toBe('401 expired_token')
  })

  it('are refused within a second when another process revokes them', async () => {
    const token = await server.token()
    expect(await codeWith(`Bearer ${token}`)).toBe('200 ok')
    const { id } = await server.deps.db
      .selectFrom('tokens')
      .select('id')
      .where('hash', '=', hashToken(token))
      .executeTakeFirstOrThrow()
    await revokeTokens(server.deps.db, { nameOrId: id, nowMs: Date.now() })
    server.clock.offsetMs += 1000
    expect(await codeWith(`Bearer ${token}`)).toBe('401 invalid_token')
  })

  it('are told apart request by request on one connection', async () => {
    const [admin, reader] = [await server.token(), await server.token({ role: 'reader' })]
    const unknown = `sk_live_${'A'.repeat(43)}`
    const asked = [admin, reader, unknown, reader, undefined, admin, reader].map((token) => {
      const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`
      return `GET /v1/account/me HTTP/1.1\r\nhost: proxy\r\n${authorization}`
    })
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`${asked.join('\r\n')}connection: close\r\n\r\n`)
    const answers = await text(socket)
    const found = [...answers.matchAll(/HTTP\/1\.1 (\d+)|"role":"(\w+)"/g)].map(([, status, role]) => status ?? role)
    expect(found).toEqual([
      '200',
      'admin',
      '200',
      'reader',
      '401',
      '200',
      'reader',
      '401',
      '200',
      'admin',
      '200',
      'reader',
    ])
  })

  it('do what their role includes and nothing more', async () => {
    const reader = server.apiOf(await server.token({ role: 'reader' }))
    const uploader = server.apiOf(await server.token({ role: 'uploader' }))
    const id = await uploadImage(uploader, [bytesOf(10)])
    expect((await reader('GET', `/v2/images/${id}/download`)).status).toBe(200)
    const refused = await reader('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })
    expect({ status: refused.status, code: refused.body.error.details[0].code }).toEqual({
      status: 403,
      code: 'insufficient_role',
    })
    expect(refused.body.error.message).toContain('uploader')
    expect((await uploader('POST', `/v2/admin/images/${id}/publish`)).status).toBe(403)
    expect((await uploader('POST', '/v2/workspaces', {})).status).toBe(403)
  })

  it('have their use recorded', async () => {
    await server.api('GET', '/v2/images')
    const rows = await server.deps.db.selectFrom('tokens').select('last_used_at_ms').execute()
    expect(rows.some(({ last_used_at_ms }) => last_used_at_ms !== null)).toBe(true)
  })
})

describe('the log', () => {
  it('holds the cause of a failure that the answer keeps to itself', async () => {
    await server.deps.db.schema.alterTable('workspaces').renameTo('workspaces_gone').execute()
    const answer = await server.api('GET', '/v2/workspaces')
    await server.deps.db.schema.alterTable('workspaces_gone').renameTo('workspaces').execute()
    expect(answer.status).toBe(500)
    expect(answer.body.error.message).toContain(answer.headers.get('x-request-id'))
    expect(answer.text).not.toMatch(noSuchTable)
    await expect.poll(() => server.logText()).toMatch(noSuchTable)
  })
})
