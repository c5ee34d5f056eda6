import fc from 'fast-check'
import { expect, it } from 'vitest'
import { slicesOf } from './slices.ts'

it('finds exactly the bytes of the range, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { maxLength: 8 }), fc.nat(50), fc.nat(50), (sizes, a, b) => {
      const parts = sizes.map((sizeBytes, index) => ({ blobKey: `${index}`, sizeBytes }))
      const bytes = parts.flatMap(({ blobKey, sizeBytes }) =>
        Array.from({ length: sizeBytes }, (_, i) => `${blobKey}:${i}`),
      )
      const range = { start: Math.min(a, b, bytes.length), end: Math.min(Math.max(a, b), bytes.length) }
      const found = slicesOf(parts, range).flatMap(({ blobKey, from, to }) =>
        Array.from({ length: to - from }, (_, i) => `${blobKey}:${from + i}`),
      )
      expect(found).toEqual(bytes.slice(range.start, range.end))
    }),
  )
})
