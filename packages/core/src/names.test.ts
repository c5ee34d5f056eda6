import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fixedBytes, name, withIllegalAffix } from '../test/arbitraries.ts'
import { InvalidValueError } from './invalid-value-error.ts'
import { limits } from './limits.ts'
import { generateName, isName, namePattern, parseName } from './names.ts'

test('a name is read as it is', () => {
  fc.assert(fc.property(name, (value) => void expect(parseName(value)).toBe(value)))
})

test('a name inside a longer text is refused', () => {
  fc.assert(
    fc.property(withIllegalAffix(name), (text) => {
      expect(isName(text)).toBe(false)
      expect(() => parseName(text)).toThrow(InvalidValueError)
    }),
  )
})

test('a name may have 255 characters and no more', () => {
  expect(isName('a'.repeat(limits.maxNameLength))).toBe(true)
  expect(isName('a'.repeat(limits.maxNameLength + 1))).toBe(false)
})

test.each(['', '.', '..', '.a', '_a', '-a', 'a b', 'a/b', 'a:b', 'a\n', '\na', 'é', null, undefined, 5, ['a']])(
  '%j is not a name, and the message says what one is',
  (value) => {
    expect(() => parseName(value)).toThrow(/^name must be 1 to 255 characters of a-z A-Z 0-9 \. _ - starting with/)
  },
)

test('generated names are names of the form adjective-noun-xxxxxx', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
      const generated = generateName(fixedBytes(bytes))
      expect(generated).toMatch(namePattern)
      expect(generated).toMatch(/^[a-z]+-[a-z]+-[0-9a-z]{6}$/)
      expect(generateName(fixedBytes(bytes))).toBe(generated)
    }),
  )
})

test('each byte value picks a word, and all 64 words of each list are used equally', () => {
  for (const place of [0, 1]) {
    const counts = new Map<string, number>()
    for (let byte = 0; byte < 256; byte++) {
      const bytes = new Uint8Array(8)
      bytes[place] = byte
      const word = generateName(() => bytes).split('-')[place] ?? ''
      counts.set(word, (counts.get(word) ?? 0) + 1)
    }
    expect(counts.size).toBe(64)
    expect(new Set(counts.values())).toEqual(new Set([4]))
  }
})

test('extreme random bytes still make a suffix of six characters', () => {
  expect(generateName((byteCount) => new Uint8Array(byteCount))).toBe('able-anchor-000000')
  expect(generateName((byteCount) => new Uint8Array(byteCount).fill(255))).toMatch(/^warm-wharf-[0-9a-z]{6}$/)
})

test('generated names differ by default', () => {
  expect(new Set(Array.from({ length: 1000 }, () => generateName())).size).toBe(1000)
})
