import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidValueError } from './invalid-value-error.ts'
import { limits } from './limits.ts'
import { defaultPartSizeBytes, type PartPlan, partAt, partsOf, planParts } from './part-plan.ts'

const MiB = 1024 * 1024
const GiB = 1024 * MiB

const sizeBytes = fc.oneof(
  fc.integer({ min: 1, max: limits.maxImageSizeBytes }),
  fc.integer({ min: 1, max: 64 * MiB }),
  // Around multiples of the default part size, where off-by-one errors live.
  fc
    .tuple(fc.integer({ min: 1, max: 2048 }), fc.integer({ min: -1, max: 1 }))
    .map(([count, offset]) => count * 16 * MiB + offset),
  fc.constantFrom(1, limits.maxImageSizeBytes - 1, limits.maxImageSizeBytes),
)
const legalPlan = sizeBytes.chain((size) => {
  const least = Math.max(limits.minPartSizeBytes, Math.ceil(size / limits.maxPartCount))
  // Small part sizes make many parts, which is where the count's limit is met.
  return fc
    .oneof(
      fc.integer({ min: least, max: limits.maxPartSizeBytes }),
      fc.integer({ min: least, max: least + MiB }),
      fc.constant(least),
    )
    .map((partSizeBytes) => planParts({ sizeBytes: size, partSizeBytes }))
})

function expectToTile(plan: PartPlan) {
  expect(plan.partCount).toBeGreaterThanOrEqual(1)
  expect(plan.partCount).toBeLessThanOrEqual(limits.maxPartCount)
  let end = 0
  let partNumber = 0
  for (const part of partsOf(plan)) {
    // One assertion a part would take most of the time of the suite: there are up to 10 000 of them.
    const isLast = part.partNumber === plan.partCount
    const isSizeRight = isLast ? part.sizeBytes >= 1 : part.sizeBytes >= limits.minPartSizeBytes
    if (
      part.start !== end ||
      part.partNumber !== partNumber + 1 ||
      part.sizeBytes !== part.end - part.start ||
      part.sizeBytes > limits.maxPartSizeBytes ||
      !isSizeRight
    ) {
      expect.fail(`part ${JSON.stringify(part)} of ${JSON.stringify(plan)} breaks a limit or the tiling at ${end}`)
    }
    end = part.end
    partNumber = part.partNumber
  }
  expect({ end, partNumber }).toEqual({ end: plan.sizeBytes, partNumber: plan.partCount })
}

describe('a plan', () => {
  test('tiles the image exactly within all limits, at the default part size', () => {
    fc.assert(fc.property(sizeBytes, (size) => expectToTile(planParts({ sizeBytes: size }))))
  })

  test('tiles the image exactly within all limits, at any legal part size', () => {
    fc.assert(fc.property(legalPlan, expectToTile))
  })

  test.each([
    [1, undefined, 1],
    [16 * MiB, undefined, 1],
    [16 * MiB + 1, undefined, 2],
    [32 * GiB, undefined, 2048],
    [128 * GiB, undefined, 2048],
    [5 * MiB, 5 * MiB, 1],
    [5 * MiB + 1, 5 * MiB, 2],
    [10_000 * 5 * MiB, 5 * MiB, 10_000],
    [128 * GiB, 5 * GiB, 26],
  ])('of %d bytes in parts of %s has %i parts', (size, partSizeBytes, partCount) => {
    expect(planParts({ sizeBytes: size, partSizeBytes }).partCount).toBe(partCount)
  })

  test('has 2048 parts at most unless asked for smaller ones', () => {
    fc.assert(fc.property(sizeBytes, (size) => planParts({ sizeBytes: size }).partCount <= 2048))
    expect(defaultPartSizeBytes(32 * GiB)).toBe(16 * MiB)
    expect(defaultPartSizeBytes(32 * GiB + 1)).toBe(32 * MiB)
    expect(defaultPartSizeBytes(128 * GiB)).toBe(64 * MiB)
  })
})

describe('refused is', () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, limits.maxImageSizeBytes + 1, 2 ** 60])(
    'an image of %d bytes',
    (size) => {
      expect(() => planParts({ sizeBytes: size })).toThrow(
        `size must be a whole number of bytes from 1 to 137438953472 (128 GiB), not ${size}`,
      )
    },
  )

  test.each([0, -1, 6e6 + 0.5, Number.NaN, 5 * MiB - 1, 5 * GiB + 1])('a part size of %d bytes', (partSizeBytes) => {
    expect(() => planParts({ sizeBytes: GiB, partSizeBytes })).toThrow(
      `part size must be a whole number of bytes from 5242880 (5 MiB) to 5368709120 (5 GiB), not ${partSizeBytes}`,
    )
  })

  test('a part size that needs more than 10 000 parts, with the least one that would do', () => {
    expect(() => planParts({ sizeBytes: 128 * GiB, partSizeBytes: 5 * MiB })).toThrow(
      'part size must be at least 14 MiB for an image of 137438953472 bytes, since there can be 10000 parts at most, not 5242880',
    )
    expect(() => planParts({ sizeBytes: 10_000 * 5 * MiB + 1, partSizeBytes: 5 * MiB })).toThrow(InvalidValueError)
    expect(planParts({ sizeBytes: 128 * GiB, partSizeBytes: 14 * MiB }).partCount).toBeLessThanOrEqual(10_000)
  })

  test('whatever leads to no legal plan, always by the one typed error', () => {
    fc.assert(
      fc.property(fc.double(), fc.option(fc.double(), { nil: undefined }), (size, partSizeBytes) => {
        try {
          expectToTile(planParts({ sizeBytes: size, partSizeBytes }))
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidValueError)
        }
      }),
    )
  })

  test.each([0, -1, 3, 1.5, Number.NaN])('part %d of a plan of two parts', (partNumber) => {
    expect(() => partAt(planParts({ sizeBytes: 32 * MiB }), partNumber)).toThrow(
      new RangeError(`part ${partNumber} is not in the plan of 2 parts`),
    )
  })
})
