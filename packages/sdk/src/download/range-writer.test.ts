import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBufferPool } from '../transfer/buffer-pool.ts'
import { createRangeWriter } from './range-writer.ts'

const grain = 64 * 1024

async function writeAll(chunks: readonly Buffer[], position = 0) {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const file = Buffer.alloc(position + total)
  const writes: { start: number; end: number }[] = []
  let written = 0
  const pool = createBufferPool(4 * grain)
  const writer = createRangeWriter({
    pool,
    position,
    async write(bytes, at) {
      writes.push({ start: at, end: at + bytes.length })
      bytes.copy(file, at)
    },
    onWritten: (bytes) => {
      written += bytes
    },
  })
  for (const chunk of chunks) await writer.write(chunk)
  await writer.flush()
  writer.release()
  expect(written).toBe(total)
  return { file: file.subarray(position), writes }
}

test('what is read back is what was written, holes or not', async () => {
  const piece = fc.tuple(fc.constantFrom(0, 0, 1), fc.integer({ min: 1, max: 3 * grain }))
  const property = fc.asyncProperty(
    fc.array(piece, { maxLength: 8 }),
    fc.nat({ max: 1000 }),
    async (pieces, position) => {
      const chunks = pieces.map(([fill, sizeBytes]) => Buffer.alloc(sizeBytes, fill))
      const { file } = await writeAll(chunks, position)
      expect(file.equals(Buffer.concat(chunks))).toBe(true)
    },
  )
  await fc.assert(property, { numRuns: 50 })
})

test('zeros are not written, in grains of 64 KiB', async () => {
  const chunks = [Buffer.alloc(grain, 1), Buffer.alloc(5 * grain), Buffer.alloc(grain, 2), Buffer.alloc(10)]
  const { writes } = await writeAll(chunks)
  expect(writes).toEqual([
    { start: 0, end: grain },
    { start: 6 * grain, end: 7 * grain },
  ])
})

test('small chunks make large writes', async () => {
  const { writes } = await writeAll(Array.from({ length: 64 }, () => Buffer.alloc(grain / 8, 7)))
  expect(writes).toEqual([
    { start: 0, end: 4 * grain },
    { start: 4 * grain, end: 8 * grain },
  ])
})
