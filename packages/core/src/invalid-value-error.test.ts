import { expect, test } from 'vitest'
import { InvalidValueError } from './invalid-value-error.ts'

const messageFor = (value: unknown) => new InvalidValueError({ field: 'name', value, expectation: 'a name' }).message

test('names the field, the expectation and the value', () => {
  const error = new InvalidValueError({ field: 'name', value: 'a b', expectation: 'a name' })
  expect(error).toMatchObject({ name: 'InvalidValueError', field: 'name', value: 'a b', expectation: 'a name' })
  expect(error.message).toBe('name must be a name, not "a b"')
})

test.each([
  [undefined, 'name must be a name, but it is missing'],
  [null, 'name must be a name, not null'],
  [5, 'name must be a name, not 5'],
  [false, 'name must be a name, not false'],
  [[1], 'name must be a name, not an array'],
  [{}, 'name must be a name, not a value of type object'],
])('%j is described in words', (value, message) => {
  expect(messageFor(value)).toBe(message)
})

test('a long value is shortened', () => {
  expect(messageFor('a'.repeat(1000))).toBe(`name must be a name, not "${'a'.repeat(80)}…" (1000 characters)`)
})

test('a value cannot break the line, colour the terminal, turn the text or split a character', () => {
  const message = messageFor('\n\u001b[31m\u009b1m\u202eevil\u2028\u{e0001}\ud800')
  expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
  expect(message).toBe('name must be a name, not "\\n\\u001b[31m\\u{9b}1m\\u{202e}evil\\u{2028}\\u{e0001}\\ud800"')
  expect(messageFor(`${'a'.repeat(79)}💿💿`)).not.toMatch(/\p{Cs}/u)
})
