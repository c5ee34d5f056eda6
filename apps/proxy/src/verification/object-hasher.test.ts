import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createObjectHasher, type ObjectHasher } from './object-hasher.ts'

const bytes = randomBytes(3_000_000)
const sha256 = createHash('sha256').update(bytes).digest('hex')

let server: Server
let hasher: ObjectHasher
let url: string
/** The next answers end after so many bytes; then they are whole. */
let cuts: number[]
let ranges: (string | undefined)[]
let status: number | undefined
beforeEach(async () => {
  cuts = []
  ranges = []
  status = undefined
  server = createServer((request, response) => {
    const { range } = request.headers
    ranges.push(range)
    if (status !== undefined) return void response.writeHead(status).end()
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    response.writeHead(range ? 206 : 200, { 'content-length': bytes.length - start })
    const cut = cuts.shift()
    if (cut === undefined) return void response.end(bytes.subarray(start))
    response.write(bytes.subarray(start, start + cut), () => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/object`
  hasher = createObjectHasher({ pause: async () => undefined })
})
afterEach(async () => {
  await hasher.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const hash = (options: { sizeBytes?: number; signal?: AbortSignal } = {}) => {
  const { sizeBytes = bytes.length, signal = new AbortController().signal } = options
  return hasher.hash({ presign: async () => ({ url, expiresAt: new Date() }), sizeBytes, signal })
}

describe('the object hasher', () => {
  it('hashes several objects at the same time', async () => {
    expect(await Promise.all([hash(), hash(), hash()])).toEqual([sha256, sha256, sha256])
  })

  it('goes on where a connection broke, with a fresh URL', async () => {
    cuts = [1_000_000, 500_000]
    expect(await hash()).toBe(sha256)
    expect(ranges).toHaveLength(3)
    expect(ranges[0]).toBeUndefined()
    expect(ranges[2]).toMatch(/^bytes=\d+-$/)
  })

  it('gives up on an object that is gone, or that never answers well', async () => {
    status = 404
    await expect(hash()).rejects.toThrow('answered 404')
    expect(ranges).toHaveLength(1)
    status = 503
    await expect(hash()).rejects.toThrow('answered 503')
    expect(ranges).toHaveLength(6)
  })

  it('takes an object of another length for unreadable', async () => {
    await expect(hash({ sizeBytes: bytes.length - 1 })).rejects.toThrow(/ended at byte 3000000 of 2999999/)
  })

  it('stops when it is told to', async () => {
    const stopping = new AbortController()
    stopping.abort()
    await expect(hash({ signal: stopping.signal })).rejects.toThrow('stopped')
  })
})
