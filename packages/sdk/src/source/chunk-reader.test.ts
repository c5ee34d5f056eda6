import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createChunkReader } from './chunk-reader.ts'

async function* yielding(...chunks: readonly Uint8Array[]) {
  yield* chunks
}

test('gives every byte in order, whatever the chunks and the takes are', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.uint8Array({ maxLength: 20 })),
    fc.integer({ min: 1, max: 30 }),
    async (chunks, maxBytes) => {
      const reader = createChunkReader(yielding(...chunks), 'the stream')
      const taken: Buffer[] = []
      while (await reader.hasMore()) {
        const bytes = reader.take(maxBytes)
        expect(bytes.length).toBeGreaterThan(0)
        expect(bytes.length).toBeLessThanOrEqual(maxBytes)
        taken.push(bytes)
      }
      expect(Buffer.concat(taken)).toEqual(Buffer.concat(chunks))
    },
  )
  await fc.assert(property)
})

test('asks for nothing that is not wanted', async () => {
  let asked = 0
  async function* counting() {
    for (;;) {
      asked++
      yield Buffer.from('four')
    }
  }
  const reader = createChunkReader(counting(), 'the stream')
  expect(asked).toBe(0)
  await reader.hasMore()
  reader.take(3)
  await reader.hasMore()
  expect(asked).toBe(1)
  reader.stop()
})

test('a stream is told when nothing more is wanted', async () => {
  const returned = Promise.withResolvers<void>()
  async function* stoppable() {
    try {
      yield Buffer.from('a')
      yield Buffer.from('b')
    } finally {
      returned.resolve()
    }
  }
  const reader = createChunkReader(stoppable(), 'the stream')
  await reader.hasMore()
  reader.stop()
  await expect(returned.promise).resolves.toBeUndefined()
})
