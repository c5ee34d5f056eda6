import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, complete, createImage, downloadUrl, partUrl, sha256Of } from '../uploading.ts'

// Parts that are large enough are read from their socket into the server's own buffers. What a client library would hide is
// what matters here, so these tests speak HTTP themselves.

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ config: { idleTimeoutMs: 2000 } })
})
afterAll(() => server.stop())

const large = 3_000_000

interface Connection {
  readonly socket: Socket
  /** Waits for one answer. */
  answer(): Promise<{ status: number; head: string; body: string }>
}

async function open(): Promise<Connection> {
  const socket = connect({ port: server.server.port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let text = ''
  let isEnded = false
  let wake: () => void = () => undefined
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('close', () => {
    isEnded = true
    wake()
  })
  const parse = () => {
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const head = text.slice(0, end)
    const status = Number(head.slice(9, 12))
    const lengthBytes = status === 100 ? 0 : Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (text.length < end + 4 + lengthBytes) return undefined
    const body = text.slice(end + 4, end + 4 + lengthBytes)
    text = text.slice(end + 4 + lengthBytes)
    return { status, head, body }
  }
  return {
    socket,
    async answer() {
      for (;;) {
        const parsed = parse()
        if (parsed) return parsed
        if (isEnded) throw new Error(`the connection ended: ${text}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

function headOf(url: string, lengthBytes: number, headers: readonly string[] = []): string {
  const { pathname, search } = new URL(url)
  return [`PUT ${pathname}${search} HTTP/1.1`, 'Host: x', `Content-Length: ${lengthBytes}`, ...headers, '', ''].join(
    '\r\n',
  )
}

async function newPart(partNumber = 1) {
  const id = await createImage(server.api)
  return { id, url: await partUrl(server.api, id, partNumber) }
}

async function storedParts(id: string) {
  return (await server.api('GET', `/v2/images/${id}/parts`)).body.data
}

describe('a part of known length', () => {
  it('is stored as it was sent, however it is cut into packets and whatever comes before and after it', async () => {
    const { socket, answer } = await open()
    const cuts = fc.array(fc.integer({ min: 1, max: 1_500_000 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(cuts, fc.integer({ min: 256 * 1024, max: large }), async (sizes, sizeBytes) => {
        const { id, url } = await newPart()
        const bytes = bytesOf(sizeBytes, sizeBytes)
        const sent = Buffer.concat([Buffer.from(headOf(url, bytes.length)), bytes])
        let offset = 0
        for (const size of [...sizes, sent.length]) {
          const piece = sent.subarray(offset, offset + size)
          offset += piece.length
          if (piece.length > 0) await new Promise((resolve) => socket.write(piece, resolve))
        }
        expect(await answer()).toMatchObject({ status: 200 })
        expect(await storedParts(id)).toMatchObject([{ size: bytes.length, sha256: sha256Of(bytes) }])
      }),
      { numRuns: 15 },
    )
    socket.destroy()
  })

  it('leaves its connection to the requests that follow, those that were sent along with it too', async () => {
    const { socket, answer } = await open()
    const [first, second] = [await newPart(), await newPart()]
    const bytes = [bytesOf(large, 1), bytesOf(large + 1, 2), bytesOf(100, 3)] as const
    const small = await newPart()
    const list = `GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`
    socket.write(headOf(first.url, large))
    socket.write(bytes[0])
    socket.write(list)
    socket.write(headOf(second.url, large + 1))
    socket.write(bytes[1])
    socket.write(list)
    socket.write(headOf(small.url, 100))
    socket.write(bytes[2])
    const statuses: number[] = []
    for (let i = 0; i < 5; i++) statuses.push((await answer()).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200])
    for (const [index, { id }] of [first, second, small].entries()) {
      expect(await storedParts(id)).toMatchObject([{ sha256: sha256Of(bytes[index] as Buffer) }])
    }
    socket.destroy()
  })

  it('does not overtake the answer to a request before it', async () => {
    const { socket, answer } = await open()
    const { id, url } = await newPart()
    socket.write(`GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n${headOf(url, large)}`)
    socket.write(bytesOf(large))
    expect((await answer()).body).toContain('serving')
    const { status, head } = await answer()
    expect(status).toBe(200)
    expect(head).toMatch(/etag: "/i)
    expect(await storedParts(id)).toHaveLength(1)
    socket.destroy()
  })

  it('is refused once when it came behind another request', async () => {
    const { socket, answer } = await open()
    const { url } = await newPart()
    socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n${headOf(`${url}x`, large)}`)
    socket.write(bytesOf(large))
    expect((await answer()).status).toBe(200)
    expect((await answer()).status).toBe(403)
    await expect(answer()).rejects.toThrow(/^the connection ended: $/)
  })

  it('is asked for when it is welcome, and only then', async () => {
    const { socket, answer } = await open()
    const { id, url } = await newPart()
    socket.write(headOf(url, large, ['Expect: 100-continue']))
    expect((await answer()).status).toBe(100)
    socket.write(bytesOf(large))
    expect((await answer()).status).toBe(200)
    expect(await storedParts(id)).toHaveLength(1)
    socket.write(headOf(`${url}x`, large, ['Expect: 100-continue']))
    const refused = await answer()
    expect(refused).toMatchObject({ status: 403, body: expect.stringContaining('invalid_signature') })
    await once(socket, 'close')
  })

  it('is refused in words while it is being sent, and heard out', async () => {
    const { socket, answer } = await open()
    const { url } = await newPart()
    socket.write(headOf(`${url}x`, large))
    socket.write(bytesOf(large))
    expect(await answer()).toMatchObject({ status: 403, body: expect.stringContaining('invalid_signature') })
    await once(socket, 'close')
  })

  it('is refused when its image was completed meanwhile, and changes nothing', async () => {
    const { socket, answer } = await open()
    const { id, url } = await newPart()
    const bytes = bytesOf(large, 1)
    expect((await fetch(url, { method: 'PUT', body: Uint8Array.from(bytes) })).status).toBe(200)
    socket.write(headOf(url, large))
    socket.write(bytesOf(large, 2).subarray(0, 2_000_000))
    await expect.poll(() => server.deps.uploads.activeCount()).toBe(1)
    expect((await complete(server.api, id, sha256Of(bytes))).status).toBe(200)
    socket.write(bytesOf(large, 2).subarray(2_000_000))
    expect(await answer()).toMatchObject({ status: 409, body: expect.stringContaining('not_uploadable') })
    const response = await fetch(await downloadUrl(server.api, id))
    expect(sha256Of(new Uint8Array(await response.arrayBuffer()))).toBe(sha256Of(bytes))
    socket.destroy()
  })

  it.each(['end', 'destroy', 'resetAndDestroy'] as const)(
    'leaves nothing when its sender goes away by %s',
    async (goAway) => {
      const { socket } = await open()
      const { id, url } = await newPart()
      socket.write(headOf(url, large))
      await new Promise((resolve) => socket.write(bytesOf(2_000_000), resolve))
      await expect.poll(() => server.deps.uploads.activeCount()).toBe(1)
      socket[goAway]()
      await expect.poll(() => server.deps.uploads.activeCount()).toBe(0)
      expect(await storedParts(id)).toEqual([])
    },
  )

  it('is cut off when no byte moves', async () => {
    const { socket } = await open()
    const { id, url } = await newPart()
    socket.write(headOf(url, large))
    socket.write(bytesOf(1_000_000))
    await once(socket, 'close')
    expect(await storedParts(id)).toEqual([])
  })

  it('may ask for its connection to be closed', async () => {
    const { socket, answer } = await open()
    const { id, url } = await newPart()
    socket.write(headOf(url, large, ['Connection: close']))
    socket.write(bytesOf(large))
    const { status, head } = await answer()
    expect({ status, isClosing: /connection: close/i.test(head) }).toEqual({ status: 200, isClosing: true })
    await once(socket, 'close')
    expect(await storedParts(id)).toHaveLength(1)
  })

  it('may come from a client that talks of other protocols', async () => {
    const { socket, answer } = await open()
    const { id, url } = await newPart()
    socket.write(
      headOf(url, large, ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']),
    )
    socket.write(bytesOf(large))
    expect((await answer()).status).toBe(200)
    expect(await storedParts(id)).toHaveLength(1)
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect((await answer()).status).toBe(200)
    socket.destroy()
  })

  it('comes in chunks of unknown length too', async () => {
    const { id, url } = await newPart()
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(url, { method: 'PUT' }, (response) => resolve(response.resume().statusCode))
      request.on('error', reject)
      for (let i = 0; i < 4; i++) request.write(bytesOf(700_000, i))
      request.end()
    })
    expect(status).toBe(200)
    expect(await storedParts(id)).toMatchObject([{ size: 2_800_000 }])
  })
})

it('closes connections that rest after a part when it stops, and hears out those on which one arrives', async () => {
  const stopping = await startTestServer()
  const id = await createImage(stopping.api)
  const [first, second] = [await partUrl(stopping.api, id, 1), await partUrl(stopping.api, id, 2)]
  const put = (url: string) => {
    const socket = connect(stopping.server.port, '127.0.0.1')
    socket.write(headOf(url, large))
    return socket
  }
  const resting = put(first)
  resting.write(bytesOf(large))
  await once(resting, 'data')
  const arriving = put(second)
  arriving.write(bytesOf(1_000_000))
  await expect.poll(() => stopping.deps.uploads.activeCount()).toBe(1)
  const closed = once(resting, 'close')
  const stopped = stopping.server.stop({ graceMs: 60_000 })
  await closed
  arriving.write(bytesOf(large - 1_000_000))
  const [answer] = await once(arriving, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
  await stopped
  await stopping.stop()
})
