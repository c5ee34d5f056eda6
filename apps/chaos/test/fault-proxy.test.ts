import { createHash } from 'node:crypto'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ArmedFaults, createArmedFaults } from '../src/fault-proxy/armed-faults.ts'
import type { ObservedAnswer } from '../src/fault-proxy/observer.ts'
import { type FaultProxy, startFaultProxy } from '../src/fault-proxy/start-fault-proxy.ts'
import type { HttpFault, RouteClass } from '../src/plan/http-fault.ts'

const content = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 31) & 0xff))
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** What reached the server: whole bodies only. */
let received: { readonly path: string; readonly sha256: string }[]
let brokenCount: number
let metCount: number
let observed: (ObservedAnswer | 'unanswered')[]
let server: Server
let faults: ArmedFaults
let proxy: FaultProxy

beforeEach(async () => {
  received = []
  observed = []
  brokenCount = 0
  metCount = 0
  server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('error', () => brokenCount++)
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      received.push({ path: incoming.url ?? '', sha256: sha256Of(Buffer.concat(chunks)) })
      if (incoming.url?.startsWith('/v2/')) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"image"}')
      } else if (incoming.method === 'PUT') response.writeHead(200, { etag: '"e"', 'content-length': 0 }).end()
      else {
        const range = { 'content-range': `bytes 0-${content.length - 1}/${content.length}` }
        response.writeHead(206, { 'content-length': content.length, ...range }).end(content)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  faults = createArmedFaults(Date.now)
  const begin = () => ({
    answered: (answer: ObservedAnswer) => void observed.push(answer),
    unanswered: () => void observed.push('unanswered'),
  })
  proxy = await startFaultProxy({ faults, observer: { begin }, onFault: () => metCount++ })
  proxy.aim(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterEach(async () => {
  await proxy.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const arm = (route: RouteClass, fault: HttpFault, count = 1) =>
  faults.arm({ type: 'network', atMs: 0, route, count, fault })

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** One request on a connection of its own. Rejects with the code of what broke. */
function send(method: string, path: string, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...(body && { 'content-length': body.length }), connection: 'close' }
    const fail = (error: NodeJS.ErrnoException) => reject(new Error(error.code ?? error.message))
    const outgoing = request(proxy.url + path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', fail)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
    outgoing.on('error', fail)
    outgoing.end(body)
  })
}

const put = (body = content) => send('PUT', '/bytes/image_a/parts/1?signature=s', body)
const get = () => send('GET', '/bytes/image_a?signature=s')
const read = () => send('GET', '/v2/images')

describe('without a fault', () => {
  it('passes bodies both ways and tells the observer what the server got and said', async () => {
    expect((await put()).status).toBe(200)
    expect((await get()).body.equals(content)).toBe(true)
    expect((await read()).body.toString()).toBe('{"object":"image"}')
    expect(received.map(({ sha256 }) => sha256)).toContain(sha256Of(content))
    expect(observed[0]).toMatchObject({ status: 200, sha256: sha256Of(content) })
    expect(observed[2]).toMatchObject({ text: '{"object":"image"}' })
  })

  it('resets connections while nobody is behind it', async () => {
    proxy.aim(undefined)
    await expect(read()).rejects.toThrow('ECONNRESET')
  })
})

describe('a fault that cuts', () => {
  it.each(['reset-request', 'truncate-request'] as const)('%s: the server never gets the whole body', async (kind) => {
    arm('put-part', { kind, atFraction: 0.5 })
    await expect(put()).rejects.toThrow(/ECONNRESET|EPIPE/)
    await expect.poll(() => brokenCount).toBe(1)
    expect(received).toEqual([])
    expect(observed).toEqual(['unanswered'])
  })

  it.each(['reset-response', 'truncate-response'] as const)(
    '%s: the client never gets the whole body',
    async (kind) => {
      arm('get-bytes', { kind, atFraction: 0.5 })
      await expect(get()).rejects.toThrow(/ECONNRESET|aborted/)
      expect(received).toHaveLength(1)
    },
  )
})

describe('a fault that hides the answer', () => {
  it('lost-response: the server did it', async () => {
    arm('put-part', { kind: 'lost-response' })
    await expect(put()).rejects.toThrow('ECONNRESET')
    expect(received).toHaveLength(1)
    expect(observed[0]).toMatchObject({ status: 200 })
  })

  it('gateway-timeout: the server did it, and a gateway says 504', async () => {
    arm('complete', { kind: 'gateway-timeout' })
    expect((await send('POST', '/v2/images/image_a/complete', Buffer.from('{}'))).status).toBe(504)
    expect(received).toHaveLength(1)
  })

  it('late-delivery: the server gets it after the client was cut off', async () => {
    arm('put-part', { kind: 'late-delivery', holdMs: 10 })
    await expect(put()).rejects.toThrow('ECONNRESET')
    await expect.poll(() => received.length).toBe(1)
  })

  it.each([
    [{ kind: 'error-in-200' }, 200],
    [{ kind: 'garbage', shape: 'html' }, 200],
    [{ kind: 'unavailable', status: 503, retryAfterSeconds: 1 }, 503],
  ] as const)('%j: the server never hears of it', async (fault, status) => {
    arm('read', fault)
    expect((await read()).status).toBe(status)
    expect(received).toEqual([])
  })

  it('garbage that is no HTTP', async () => {
    arm('read', { kind: 'garbage', shape: 'not-http' })
    await expect(read()).rejects.toThrow('HPE_INVALID_CONSTANT')
  })

  it('expired-url', async () => {
    arm('put-part', { kind: 'expired-url' })
    expect((await put(Buffer.from('short'))).status).toBe(403)
  })

  it('black-hole: nothing, then a reset', async () => {
    arm('read', { kind: 'black-hole', holdMs: 10 })
    await expect(read()).rejects.toThrow('ECONNRESET')
    expect(received).toEqual([])
  })
})

describe('a fault that changes', () => {
  it('corrupt-request: the server gets one other byte', async () => {
    arm('put-part', { kind: 'corrupt-request', atFraction: 0.5 })
    expect((await put()).status).toBe(200)
    expect(received[0]?.sha256).not.toBe(sha256Of(content))
    expect(observed[0]).toMatchObject({ sha256: received[0]?.sha256 })
  })

  it('corrupt-response: the client gets one other byte', async () => {
    arm('get-bytes', { kind: 'corrupt-response', atFraction: 0.5 })
    const { body } = await get()
    expect(body.length).toBe(content.length)
    expect(body.filter((byte, at) => byte !== content[at])).toHaveLength(1)
  })

  it('wrong-content-range', async () => {
    arm('get-bytes', { kind: 'wrong-content-range' })
    expect((await get()).headers['content-range']).toBe(`bytes 1-${content.length}/${content.length + 1}`)
  })

  it('skewed-clock', async () => {
    arm('read', { kind: 'skewed-clock', offsetSeconds: 36_000 })
    expect(Date.parse(String((await read()).headers.date)) - Date.now()).toBeGreaterThan(30_000_000)
  })
})

describe('a fault of order and pace', () => {
  it('duplicate: the server gets it twice, the client one answer', async () => {
    arm('put-part', { kind: 'duplicate' })
    expect((await put()).status).toBe(200)
    await expect.poll(() => received.length).toBe(2)
    expect(new Set(received.map(({ sha256 }) => sha256))).toEqual(new Set([sha256Of(content)]))
  })

  it('reorder: a later request overtakes', async () => {
    arm('put-part', { kind: 'reorder', overtakers: 1, holdMs: 10_000 })
    const overtaken = put()
    // Only once the first one is held the second one may come.
    await expect.poll(() => metCount).toBe(1)
    await get()
    await overtaken
    expect(received.map(({ path }) => path)).toEqual([
      '/bytes/image_a?signature=s',
      '/bytes/image_a/parts/1?signature=s',
    ])
  })

  it.each([
    { kind: 'delay', holdMs: 5 },
    { kind: 'slow-start', holdMs: 5 },
    { kind: 'throttle', bytesPerSecond: 20_000_000, forMs: 20 },
  ] as const)('$kind: everything arrives', async (fault) => {
    arm('put-part', fault)
    arm('get-bytes', fault)
    expect((await put()).status).toBe(200)
    expect((await get()).body.equals(content)).toBe(true)
    expect(received[0]?.sha256).toBe(sha256Of(content))
  })
})

it('lets a fault meet as many requests as it is meant for', async () => {
  arm('read', { kind: 'unavailable', status: 429, retryAfterSeconds: 1 }, 2)
  expect([(await read()).status, (await get()).status, (await read()).status, (await read()).status]).toEqual([
    429, 206, 429, 200,
  ])
})
