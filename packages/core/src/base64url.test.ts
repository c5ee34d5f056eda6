import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64url, encodeBase64url } from './base64url.ts'

test('decoding gives back what was encoded, in the alphabet that Node calls base64url', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = encodeBase64url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(decodeBase64url(text)).toEqual(Uint8Array.from(bytes))
    }),
  )
})

test('long inputs do not overflow the stack', () => {
  const bytes = new Uint8Array(300_000).fill(255)
  expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes)
})

test.each(['A', 'AB', 'AAB', 'AA==', 'A A', 'AA\n', 'A+/A', 'é'])(
  '%j is refused: not the one canonical form',
  (text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  },
)
