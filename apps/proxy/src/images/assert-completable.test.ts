import { limits } from '@slipway/core'
import { expect, it } from 'vitest'
import { assertCompletable } from './assert-completable.ts'

const partsOf = (sizes: Record<number, number>) =>
  Object.entries(sizes).map(([part_number, size_bytes]) => ({ part_number: Number(part_number), size_bytes }))
const min = limits.minPartSizeBytes

it.each([
  [{}, 'no_parts', ''],
  [{ 2: 1 }, 'part_missing', 'not 1'],
  [{ 1: min, 3: min, 6: 1 }, 'part_missing', 'not 2, 4, 5'],
  [{ 10000: 1 }, 'part_missing', 'and 9989 more'],
  [{ 1: min - 1, 2: min }, 'part_too_small', 'part 1'],
  [{ 1: limits.maxImageSizeBytes, 2: 1 }, 'image_too_large', `${limits.maxImageSizeBytes}`],
])('refuses %j', (sizes, code, message) => {
  expect(() => assertCompletable(partsOf(sizes))).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  )
})

it.each([[{ 1: 0 }], [{ 1: 1 }], [{ 1: min, 2: 1 }], [{ 1: limits.maxImageSizeBytes - min, 2: min }]])(
  'accepts %j',
  (sizes) => {
    expect(() => assertCompletable(partsOf(sizes))).not.toThrow()
  },
)
