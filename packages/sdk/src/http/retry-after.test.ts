import { expect, test } from 'vitest'
import { parseRetryAfter } from './retry-after.ts'

const nowMs = Date.parse('2026-01-01T00:00:00Z')

test.each([
  ['nothing', undefined, undefined],
  ['seconds', '120', 120_000],
  ['no seconds', '0', 0],
  ['seconds with spaces about', ' 7 ', 7000],
  ['a date to come', 'Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
  ['a date that is past', 'Wed, 31 Dec 2025 23:59:00 GMT', 0],
  ['neither', 'soon', undefined],
  ['nothing at all', '', undefined],
])('Retry-After of %s', (_, value, expected) => {
  expect(parseRetryAfter(value, nowMs)).toBe(expected)
})
