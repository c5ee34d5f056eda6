import { limits } from '@slipway/core'
import { expect, it } from 'vitest'
import { assertCompletable } from './assert-completable.ts'

const partsOf = (sizes: Record<number, number>) =>
  Object.entries(sizes).map(([partNumber, sizeBytes]) => ({ partNumber: Number(partNumber), sizeBytes }))
const min = limits.minPartSizeBytes

it.each([
  [{}, 'no_parts', ''],
  [{ 2: 1 }, 'part_missing', 'not 1'],
  [{ 1: min, 3: min, 6: 1 }, 'part_missing', 'not 2, 4, 5'],
  [{ 10000: 1 }, 'part_missing', 'and 9989 more'],
  [{ 1: min - 1, 2: min }, 'part_too_small', 'part 1'],
  [{ 1: limits.maxPartSizeBytes + 1, 2: 1 }, 'part_too_large', 'part 1'],
  [{ 1: limits.maxImageSizeBytes, 2: 1 }, 'image_too_large', `${limits.maxImageSizeBytes}`],
])('refuses %j', (sizes, code, message) => {
  expect(() => assertCompletable(partsOf(sizes))).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  )
})

const largest = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [index + 1, limits.maxImageSizeBytes / 32]))
it.each([[{ 1: 0 }], [{ 1: 1 }], [{ 1: min, 2: 1 }], [{ 1: limits.maxPartSizeBytes }], [largest]])(
  'accepts %j',
  (sizes) => {
    expect(() => assertCompletable(partsOf(sizes))).not.toThrow()
  },
)
