import fc from 'fast-check'
import { expect, it } from 'vitest'
import { matchesGlob } from './glob.ts'

it.each([
  ['base-*', 'base-22.04', true],
  ['base-*', 'my-base-1', false],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['?', 'a', true],
  ['?', '', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-b-b-c-d', false],
  ['a.c', 'abc', false],
])('matches the whole text: %s against "%s" is %s', (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected)
})

it('means what the regular expression does', () => {
  const characters = fc.constantFrom('a', 'b', '.', '*', '?')
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 8 }), texts, (pattern, text) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${source}$`).test(text))
    }),
  )
})

it('takes no longer for patterns that make regular expressions explode', () => {
  expect(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(255))).toBe(false)
})
