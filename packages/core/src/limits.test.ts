import { expect, test } from 'vitest'
import { limits } from './limits.ts'

test('the limits are the documented ones', () => {
  expect(limits).toMatchObject({
    maxImageSizeBytes: 137_438_953_472,
    minPartSizeBytes: 5_242_880,
    maxPartSizeBytes: 5_368_709_120,
    maxPartCount: 10_000,
    maxNameLength: 255,
    maxPageSize: 200,
    defaultPageSize: 50,
  })
})

test('the largest image fits into the most parts, though not at the smallest part size', () => {
  expect(limits.maxPartCount * limits.maxPartSizeBytes).toBeGreaterThan(limits.maxImageSizeBytes)
  expect(limits.maxPartCount * limits.minPartSizeBytes).toBeLessThan(limits.maxImageSizeBytes)
})
