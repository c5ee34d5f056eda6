import { expect, it } from 'vitest'
import { evaluateConditions, isRangeWanted } from './conditions.ts'

it.each([
  [{}, 'proceed'],
  [{ 'if-none-match': '"a"' }, 'not_modified'],
  [{ 'if-none-match': 'W/"a"' }, 'not_modified'],
  [{ 'if-none-match': '"x", "a"' }, 'not_modified'],
  [{ 'if-none-match': '*' }, 'not_modified'],
  [{ 'if-none-match': '"x"' }, 'proceed'],
  [{ 'if-match': '"a"' }, 'proceed'],
  [{ 'if-match': '*' }, 'proceed'],
  [{ 'if-match': 'W/"a"' }, 'precondition_failed'],
  [{ 'if-match': 'a' }, 'precondition_failed'],
  [{ 'if-match': '"x"', 'if-none-match': '"a"' }, 'precondition_failed'],
])('evaluates %j against "a"', (headers, expected) => {
  expect(evaluateConditions(headers, '"a"')).toBe(expected)
})

it('wants a range only of the very bytes that the client has', () => {
  expect(isRangeWanted({}, '"a"')).toBe(true)
  expect(isRangeWanted({ 'if-range': '"a"' }, '"a"')).toBe(true)
  expect(isRangeWanted({ 'if-range': 'W/"a"' }, '"a"')).toBe(false)
  expect(isRangeWanted({ 'if-range': 'Mon, 23 Nov 2026 00:00:00 GMT' }, '"a"')).toBe(false)
})
