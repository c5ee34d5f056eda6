import { expect, test } from 'vitest'
import { spreadOf } from './statistics.ts'

test('the median of an odd number of values is the middle one, of an even number the mean of the two', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ min: 1, median: 2.5, max: 4 })
  expect(spreadOf([7])).toEqual({ min: 7, median: 7, max: 7 })
})

test('no values have no spread', () => {
  expect(() => spreadOf([])).toThrow(RangeError)
})
