import fc from 'fast-check'
import { expect, test } from 'vitest'
import { illegalAffix, imageId } from '../test/arbitraries.ts'
import { createCursorCodec, cursorPattern, type ImageCursor } from './cursor.ts'
import type { ImageId } from './ids.ts'
import { InvalidValueError } from './invalid-value-error.ts'

const secret = new Uint8Array(32).fill(7)
const codec = createCursorCodec(secret)
const cursor: fc.Arbitrary<ImageCursor> = fc.record({ createdAtMs: fc.maxSafeNat(), id: imageId })
const anyCharacter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

test('decoding gives back what was encoded, and the text matches the documented pattern', async () => {
  await fc.assert(
    fc.asyncProperty(cursor, async (value) => {
      const text = await codec.encode(value)
      expect(text).toMatch(cursorPattern)
      expect(await codec.decode(text)).toEqual(value)
    }),
  )
})

test('a cursor with any one character replaced, added or removed is refused', async () => {
  const change = fc.record({ kind: fc.constantFrom('replace', 'add', 'remove'), at: fc.nat(), character: anyCharacter })
  await fc.assert(
    fc.asyncProperty(cursor, change, async (value, { kind, at, character }) => {
      const text = await codec.encode(value)
      const index = at % (text.length + (kind === 'add' ? 1 : 0))
      const changed =
        text.slice(0, index) + (kind === 'remove' ? '' : character) + text.slice(index + (kind === 'add' ? 0 : 1))
      fc.pre(changed !== text)
      await expect(codec.decode(changed)).rejects.toThrow(InvalidValueError)
    }),
    { numRuns: 1000 },
  )
})

test('every single flipped character of one cursor is refused', async () => {
  const text = await codec.encode({ createdAtMs: 1_738_972_800_123, id: 'image_k3R-nX9vLm7Qp2Yw5Jd8F' as ImageId })
  for (let index = 0; index < text.length; index++) {
    const flipped = text[index] === 'A' ? 'B' : 'A'
    await expect(codec.decode(text.slice(0, index) + flipped + text.slice(index + 1))).rejects.toThrow(
      InvalidValueError,
    )
  }
})

test('a cursor made under another secret is refused', async () => {
  const other = createCursorCodec(new Uint8Array(32).fill(8))
  await fc.assert(
    fc.asyncProperty(cursor, async (value) => {
      await expect(codec.decode(await other.encode(value))).rejects.toThrow(InvalidValueError)
    }),
  )
})

test('text around a cursor is refused', async () => {
  await fc.assert(
    fc.asyncProperty(cursor, illegalAffix, async (value, affix) => {
      const text = await codec.encode(value)
      await expect(codec.decode(text + affix)).rejects.toThrow(InvalidValueError)
      await expect(codec.decode(affix + text)).rejects.toThrow(InvalidValueError)
    }),
  )
})

test.each([
  undefined,
  null,
  5,
  ['imagec_AAAA'],
  '',
  'imagec_',
  'imagec_AAAA',
  'Imagec_AAAA',
  `imagec_${'A'.repeat(1_000_000)}`,
])('what is no cursor at all is refused with the field that held it (%#)', async (value) => {
  await expect(codec.decode(value, 'starting_after')).rejects.toThrow(
    /^starting_after must be a cursor that this server gave out, unaltered/,
  )
})

test.each([-1, 1.5, Number.NaN, 2 ** 53])(
  'a place at %d ms is not encoded: no cursor would lead back to it',
  async (createdAtMs) => {
    await expect(codec.encode({ createdAtMs, id: 'image_a' as ImageId })).rejects.toThrow(InvalidValueError)
  },
)

test('only canonical ids are encoded', async () => {
  await expect(codec.encode({ createdAtMs: 1, id: 'vmi_a' as ImageId })).rejects.toThrow(InvalidValueError)
})

test('a short secret is refused at once, without showing it', () => {
  const create = () => createCursorCodec(new TextEncoder().encode('hunter2'))
  expect(create).toThrow('secret must be at least 16 bytes, not "7 bytes"')
})

test('the caller may reuse the buffer of the secret', async () => {
  const buffer = new Uint8Array(32).fill(9)
  const fromBuffer = createCursorCodec(buffer)
  buffer.fill(0)
  const value = { createdAtMs: 1, id: 'image_a' as ImageId }
  expect(await fromBuffer.encode(value)).toBe(await createCursorCodec(new Uint8Array(32).fill(9)).encode(value))
})
