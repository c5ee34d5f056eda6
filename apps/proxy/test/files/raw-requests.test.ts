import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, downloadUrl, uploadImage } from '../uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const portOf = (url: string) => Number(new URL(url).port)

/** What the server says to it until it hangs up. */
async function say(...texts: string[]): Promise<string> {
  const socket = connect(portOf(server.url), '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    const text = texts.shift()
    if (text !== undefined) socket.write(text)
  })
  socket.write(texts.shift() ?? '')
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('latin1')
}

/** Status, id and code of each answer, in order. */
function answersIn(text: string) {
  return text.split(/(?=HTTP\/1\.1 \d{3} )/).map((answer) => ({
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]),
    hasId: /^x-request-id: \S+\r$/im.test(answer),
    code: /"code":"(\w+)"/.exec(answer)?.[1],
  }))
}

const whole = 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n'
const last = 'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'
const refusal = (status: number, code: string) => ({ status, hasId: true, code })
const ok = { status: 200, hasId: true, code: undefined }

it.each(['http://a:b:c', 'http://a:99999', 'http://[', 'http://', 'http://user@a', 'http://%'])(
  'takes %s before a path for what a proxy may send',
  async (authority) => {
    const asked = (path: string) => `GET ${authority}${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`
    expect(answersIn(await say(asked('/bytes/x')))).toEqual([refusal(404, 'unknown_path')])
    expect(answersIn(await say(asked('/v2/images')))).toEqual([refusal(401, 'missing_token')])
    expect(answersIn(await say(last))).toEqual([ok])
  },
)

it.each([
  ['no HTTP', 'GARBAGE\r\n\r\n', refusal(400, 'invalid_format')],
  ['another version', 'GET / HTTP/9.9\r\n\r\n', refusal(400, 'invalid_format')],
  ['a header without a name', 'GET / HTTP/1.1\r\nhost: a\r\n: x\r\n\r\n', refusal(400, 'invalid_format')],
  ['no Host', 'GET /v2/images HTTP/1.1\r\nconnection: close\r\n\r\n', refusal(400, 'invalid_format')],
  ['no Host for bytes', 'PUT /bytes/x HTTP/1.1\r\nconnection: close\r\n\r\n', refusal(400, 'invalid_format')],
  ['too long a head', `GET / HTTP/1.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, refusal(431, 'headers_too_large')],
  ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', refusal(405, 'method_not_allowed')],
])('refuses %s in the envelope, with an id', async (_, request, expected) => {
  expect(answersIn(await say(request))).toEqual([expected])
})

it('logs what it refused unparsed under the id that it answered with', async () => {
  const [, id = ''] = /x-request-id: (\S+)/.exec(await say('GARBAGE\r\n\r\n')) ?? []
  expect(server.logText()).toMatch(new RegExp(`"requestId":"${id}","status":400`))
})

it.each(['/healthz', '/readyz', '/metrics', '/openapi.json'])(
  'serves %s to HTTP/1.0, which has no Host',
  async (path) => {
    expect(answersIn(await say(`GET ${path} HTTP/1.0\r\n\r\n`))).toMatchObject([{ status: 200, hasId: true }])
  },
)

it('answers the requests that came whole before malformed bytes, then refuses those', async () => {
  expect(answersIn(await say(`${whole}${whole}GARBAGE\r\n\r\n`))).toEqual([ok, ok, refusal(400, 'invalid_format')])
  expect(answersIn(await say(whole, 'GARBAGE\r\n\r\n'))).toEqual([ok, refusal(400, 'invalid_format')])
})

it('refuses a body that breaks in the middle', async () => {
  const authorization = `authorization: Bearer ${await server.token()}`
  const head = `POST /v2/images HTTP/1.1\r\nhost: a\r\n${authorization}\r\ncontent-type: application/json`
  const text = await say(`${head}\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\nnonsense\r\n`)
  expect(answersIn(text)).toEqual([refusal(400, 'invalid_format')])
})

it('never puts a refusal among the bytes of an image', async () => {
  const bytes = bytesOf(6 * 1024 * 1024)
  const { pathname, search } = new URL(await downloadUrl(server.api, await uploadImage(server.api, [bytes])))
  const text = await say(`GET ${pathname}${search} HTTP/1.1\r\nhost: a\r\n\r\n`, 'GARBAGE\r\n\r\n')
  const start = text.indexOf('\r\n\r\n') + 4
  expect(Buffer.from(text.slice(start, start + bytes.length), 'latin1').equals(bytes)).toBe(true)
  expect(answersIn(text.slice(start + bytes.length))).toEqual([refusal(400, 'invalid_format')])
})

it('stops although somebody has connected and says nothing', async () => {
  const own = await startTestServer()
  const socket = connect(portOf(own.url), '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  // Longer than a test may take.
  await own.server.stop({ graceMs: 600_000 })
  await closed
  await own.stop()
})

it('stops although somebody who asked for a tunnel keeps a side open', async () => {
  const own = await startTestServer()
  const socket = connect({ port: portOf(own.url), host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  socket.write('CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(socket, 'data')
  await own.server.stop({ graceMs: 600_000 })
  socket.destroy()
  await own.stop()
})
