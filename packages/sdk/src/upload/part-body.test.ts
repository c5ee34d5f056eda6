import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/manual-clock.ts'
import { createBufferPool } from '../transfer/buffer-pool.ts'
import { createPartBody } from './part-body.ts'

const KiB = 1024
const content = Buffer.alloc(1000 * KiB, 'content that repeats unevenly;')

function prepare({ sizeBytes, read }: { sizeBytes: number; read?: () => Promise<void> }) {
  const clock = createManualClock()
  const part = { partNumber: 2, start: 100, end: 100 + sizeBytes, sizeBytes }
  const pool = createBufferPool(256 * KiB)
  let checksum = 0
  const sent: number[] = []
  const body = createPartBody({
    part,
    pool,
    clock,
    read: read ?? (async (buffer, position) => void content.copy(buffer, 0, position)),
    onRead: (_, crc) => {
      checksum = crc
    },
    onBytes: (bytes) => sent.push(bytes),
    onDrained: () => undefined,
  })
  return { body, clock, pool, part, sent, checksum: () => checksum }
}

test.each([1, 64 * KiB, 256 * KiB, 256 * KiB + 1, 900 * KiB])(
  'yields the part’s %d bytes and their checksum',
  async (sizeBytes) => {
    const { body, part, sent, checksum } = prepare({ sizeBytes })
    const chunks: Buffer[] = []
    for await (const chunk of body.chunks) chunks.push(Buffer.from(chunk))
    const expected = content.subarray(part.start, part.end)
    expect(Buffer.concat(chunks).equals(expected)).toBe(true)
    expect(checksum()).toBe(crc32(expected))
    expect(sent.at(-1)).toBe(sizeBytes)
    await body.release()
  },
)

test('writes grow while the link is quick and shrink while it is slow', async () => {
  const { body, clock } = prepare({ sizeBytes: 900 * KiB })
  const lengths: number[] = []
  for await (const chunk of body.chunks) {
    lengths.push(chunk.length / KiB)
    if (lengths.length > 3) clock.advance(5000)
  }
  expect(lengths.slice(0, 6)).toEqual([64, 128, 64, 256, 128, 64])
  await body.release()
})

test('buffers are used again only once the connection has taken everything', async () => {
  const whole = prepare({ sizeBytes: 512 * KiB })
  const seen = new Set<ArrayBufferLike>()
  for await (const chunk of whole.body.chunks) seen.add(chunk.buffer)
  await whole.body.release()
  expect(seen).toContain(whole.pool.acquire().buffer)

  const half = prepare({ sizeBytes: 512 * KiB })
  const taken = new Set<ArrayBufferLike>()
  for await (const chunk of half.body.chunks) {
    taken.add(chunk.buffer)
    break
  }
  await half.body.release()
  expect(taken).not.toContain(half.pool.acquire().buffer)
})

test('why the reading failed can be told, though an HTTP client may lose it', async () => {
  const error = new Error('the disk is gone')
  const { body } = prepare({ sizeBytes: 10, read: () => Promise.reject(error) })
  await expect(Array.fromAsync(body.chunks)).rejects.toBe(error)
  expect(body.failure).toEqual({ error })
  await body.release()
})
