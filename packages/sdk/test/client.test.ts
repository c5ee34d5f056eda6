import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { Agent } from 'undici'
import { describe, expect, test } from 'vitest'
import { createClient, type RequestRecord } from '../src/index.ts'
import { lostAnswer, on, refusal, refusalCutShort, resetBeforeHeaders } from './faults.ts'
import type { Fault } from './images-api-double.ts'
import { createWorkbench } from './workbench.ts'

const token = 'sk_live_double'

describe('a client', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://api.example.com/v2', 'https://api.example.com'],
    ['https://api.example.com/preview/v2/', 'https://api.example.com'],
    ['http://localhost:8080/images-api/v2', 'http://localhost:8080/images-api'],
    ['https://user:secret@api.example.com/?a=b', 'https://api.example.com'],
  ])('of %s asks %s', (apiUrl, expected) => {
    expect(createClient({ apiUrl, token }).transport.apiUrl).toBe(expected)
  })

  test.each(['', 'api.example.com', 'ftp://example.com', '/v2'])('of "%s" is not made', (apiUrl) => {
    expect(() => createClient({ apiUrl, token })).toThrow(expect.objectContaining({ code: 'invalid_api_url' }))
  })

  test.each(['', 'sk live', 'sk_live_ü', 'sk_live\n'])(
    'with the token %j is not made, and the token is not told',
    (wrong) => {
      expect(() => createClient({ apiUrl: 'https://x', token: wrong })).toThrow(/^the token must be printable/)
    },
  )

  test('that is printed shows no token', () => {
    expect(inspect(createClient({ apiUrl: 'https://x', token }), { depth: 9 })).not.toContain(token)
  })

  test('leaves the dispatcher that it was given open', async () => {
    const { server } = await createWorkbench()
    const dispatcher = new Agent()
    const client = createClient({ apiUrl: server.url, token, dispatcher })
    await client.account.get()
    await client.close()
    expect(await client.account.get()).toMatchObject({ id: 'acme', isFrozen: false })
    await dispatcher.close()
  })
})

test('regression: a refusal that was cut short is heard again, not shown as half a JSON', async () => {
  const once = await createWorkbench({ fault: on('getImage', [1], refusalCutShort) })
  await expect(once.client.images.get('nobody')).rejects.toMatchObject({ status: 404, code: 'image_not_found' })
  const always = await createWorkbench({ fault: on('getImage', 'always', refusalCutShort) })
  await expect(always.client.images.get('nobody')).rejects.toMatchObject({
    status: 409,
    reason: 'the reason that the server gave was cut short on its way',
  })
})

test('regression: a deletion by id whose answer was lost is done for sure, one by name is not repeated', async () => {
  const { client, server } = await createWorkbench({ fault: on('deleteImage', [1, 3], lostAnswer) })
  const { id } = server.addCompleted('disk', Buffer.from('disk'))
  await client.images.delete(id)
  expect(server.images.size).toBe(0)
  server.addCompleted('disk', Buffer.from('disk'))
  await expect(client.images.delete('disk')).rejects.toMatchObject({ code: 'connection_reset' })
  expect(server.requests.filter(({ operation }) => operation === 'deleteImage')).toHaveLength(3)
})

test('one operation as it travels: with every field and with headers, which cannot replace the token', async () => {
  const seen: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'acme', role: 'admin', plan: 'additional' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = createClient({ apiUrl: `http://127.0.0.1:${port}`, token })
  const headers = { via: '1.1 front', authorization: 'Bearer other' }
  expect(await client.call('getAccount', { headers })).toMatchObject({ id: 'acme', plan: 'additional' })
  expect(seen).toMatchObject([{ via: '1.1 front', authorization: `Bearer ${token}` }])
  await client.close()
  server.close()
})

test('each attempt of a call is recorded, without a secret', async () => {
  const records: RequestRecord[] = []
  const fault = on('account', [1, 2], refusal(503, { 'x-request-id': 'req_1' }))
  const { client } = await createWorkbench({ fault, client: { onRequest: (record) => records.push(record) } })
  await client.account.get()
  expect(records).toMatchObject([
    { method: 'GET', path: '/v1/account/me', attempt: 1, status: 503, requestId: 'req_1' },
    { attempt: 2, status: 503 },
    { attempt: 3, status: 200 },
  ])
  expect(JSON.stringify(records)).not.toContain(token)
})

test('a call that its caller stops is recorded as that, not as an answer that never came', async () => {
  const records: RequestRecord[] = []
  const stop = new AbortController()
  const fault: Fault = () => {
    stop.abort()
    return true
  }
  const { client } = await createWorkbench({ fault, client: { onRequest: (record) => records.push(record) } })
  await expect(client.account.get({ signal: stop.signal })).rejects.toThrow()
  expect(records).toMatchObject([{ path: '/v1/account/me', isCancelled: true }])
})

test('a list asks for the next page as iteration reaches it', async () => {
  const pages = [['image_1', 'image_2'], ['image_3'], ['image_4']]
  const asked: (string | null)[] = []
  const paged: Fault = ({ operation, request, response }) => {
    if (operation !== 'listImages') return false
    const cursor = new URL(request.url ?? '', 'http://x').searchParams.get('starting_after')
    asked.push(cursor)
    const index = cursor === null ? 0 : Number(cursor.slice('imagec_'.length))
    const data = (pages[index] ?? []).map(wireImage)
    const body = { object: 'list', data, has_more: index < pages.length - 1, cursor: `imagec_${index + 1}` }
    response.writeHead(200).end(JSON.stringify(body))
    return true
  }
  const { client } = await createWorkbench({ fault: paged })
  const seen: string[] = []
  for await (const { id } of client.images.list()) {
    seen.push(id)
    if (seen.length === 3) break
  }
  expect(seen).toEqual(['image_1', 'image_2', 'image_3'])
  expect(asked).toEqual([null, 'imagec_1'])
})

test('a list whose server says "more" without saying where ends', async () => {
  const endless: Fault = ({ operation, response }) => {
    if (operation !== 'listImages') return false
    response
      .writeHead(200)
      .end(JSON.stringify({ object: 'list', data: [wireImage('image_1')], has_more: true, cursor: 'imagec_same' }))
    return true
  }
  const { client } = await createWorkbench({ fault: endless })
  expect(await Array.fromAsync(client.images.list())).toHaveLength(2)
})

describe('a call that cannot be repeated without harm', () => {
  const create = { workspace: 'sfc:workspace:acme:default', name: 'disk' }

  test('is not repeated when its answer was lost', async () => {
    const { client, server } = await createWorkbench({ fault: on('createImage', [1], lostAnswer) })
    await expect(client.images.create(create)).rejects.toMatchObject({ name: 'NetworkError' })
    expect(server.requests).toHaveLength(1)
  })

  test('is repeated when the server was too busy to begin', async () => {
    const { client } = await createWorkbench({ fault: on('createImage', [1, 2], refusal(503)) })
    expect(await client.images.create(create)).toMatchObject({ name: 'disk', uploadStatus: 'started' })
  })
})

test('a call that can is repeated after a reset, until the attempts are used up', async () => {
  const { client, server } = await createWorkbench({ fault: on('account', 'always', resetBeforeHeaders) })
  await expect(client.account.get()).rejects.toMatchObject({ name: 'NetworkError', code: 'connection_reset' })
  expect(server.requests).toHaveLength(6)
})

test('a server of the plain API has no capabilities, which is no error', async () => {
  const { client } = await createWorkbench()
  expect(await client.getCapabilities()).toBeUndefined()
})

test('an answer that is not as documented is said to be so, with the fields', async () => {
  const other: Fault = ({ operation, response }) => {
    if (operation !== 'account') return false
    response.writeHead(200).end('{"id":5}')
    return true
  }
  const { client } = await createWorkbench({ fault: other, client: { maxAttempts: 1 } })
  await expect(client.account.get()).rejects.toMatchObject({
    name: 'ResponseError',
    code: 'unexpected_answer',
    message: expect.stringMatching(/id/),
  })
})

function wireImage(id: string) {
  return {
    id,
    resource_path: `sfc:image:acme:default:${id}`,
    owner: 'acme',
    workspace: 'default',
    workspace_id: 'wksp_default',
    name: id,
    is_public: false,
    object: 'image',
    upload_status: 'completed',
    created_at: 1_738_972_800,
    sha256: null,
  }
}
