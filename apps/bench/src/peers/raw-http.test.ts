import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ping } from './ping.ts'
import { parseHead, sendAll } from './raw-http.ts'

let stop: (() => void) | undefined
afterEach(() => stop?.())

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  stop = () => void server.close()
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('the head of an answer is read as far as it is needed', () => {
  expect(parseHead('HTTP/1.1 200 OK\r\ncontent-le')).toBeUndefined()
  expect(parseHead('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel')).toEqual({
    ...{ status: 200, headBytes: 38, bodyBytes: 5 },
  })
  expect(parseHead('HTTP/1.1 204 No Content\r\n\r\n')).toMatchObject({ status: 204, bodyBytes: 0 })
  const continued = 'HTTP/1.1 100 Continue\r\n\r\n'
  expect(parseHead(continued)).toBeUndefined()
  expect(parseHead(`${continued}HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ status: 201 })
})

test('bodies go out and come back whole', async () => {
  const body = Buffer.alloc(300_000, 'x')
  const url = await serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => response.end(Buffer.concat(chunks)))
  })
  const request = { method: 'PUT', url, body } as const
  expect(await sendAll([request, request])).toEqual(Array(2).fill({ status: 200, bodyBytes: body.length }))
})

test('an answer that is no success fails the measurement instead of looking fast', async () => {
  const url = await serve((_, response) => void response.writeHead(503, { 'content-length': 0 }).end())
  const request = { method: 'GET', url } as const
  await expect(sendAll([request])).rejects.toThrow('503')
  await expect(ping({ request, connectionCount: 1, durationMs: 1 })).rejects.toThrow('503')
})

test('a ping counts what was answered, also where answers are longer than a packet', async () => {
  let served = 0
  const url = await serve((_, response) => {
    served++
    response.end('y'.repeat(200_000))
  })
  const connectionCount = 2
  const durationMs = 50
  const startedAt = performance.now()
  const { requestsPerSecond } = await ping({ request: { method: 'GET', url }, connectionCount, durationMs })
  const mostSeconds = (performance.now() - startedAt) / 1000
  expect(served).toBeGreaterThanOrEqual(connectionCount)
  expect(requestsPerSecond * mostSeconds).toBeGreaterThanOrEqual(served)
})
