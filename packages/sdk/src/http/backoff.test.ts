import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test.each([
  [1, 500],
  [2, 1000],
  [5, 8000],
  [7, 20_000],
  [50, 20_000],
  [5000, 20_000],
])('after %d failures the pause is at most %d ms', (failureCount, capMs) => {
  expect(backoffMs({ failureCount, random: () => 0.999_999 })).toBe(capMs)
  expect(backoffMs({ failureCount, random: () => 0 })).toBe(0)
})

test('the pause is never shorter than the server asked, up to a minute', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 20 }),
    fc.nat({ max: 60_000 }),
    randoms,
    (failureCount, retryAfterMs, random) => {
      const delayMs = backoffMs({ failureCount, retryAfterMs, random: () => random })
      expect(delayMs).toBeGreaterThanOrEqual(retryAfterMs)
      expect(delayMs).toBeLessThanOrEqual(retryAfterMs + 500)
    },
  )
  fc.assert(property)
})

test('a server cannot make a client wait for more than about a minute', () => {
  expect(backoffMs({ failureCount: 1, retryAfterMs: 1e12, random: () => 0 })).toBe(60_000)
})
