import { expect, test } from 'vitest'
import { meansOfRuns, speedRatio, spreadOf } from './statistics.ts'

test('the median of an odd number of values is the middle one, of an even number the mean of the two', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ min: 1, median: 2.5, max: 4 })
  expect(spreadOf([7])).toEqual({ min: 7, median: 7, max: 7 })
})

test('no values have no spread', () => {
  expect(() => spreadOf([])).toThrow(RangeError)
})

test('a ratio is taken round by round, so that a machine that slows down for a round does not show in it', () => {
  const subject = [2, 4, 200]
  const other = [1, 2, 100]
  expect(speedRatio({ subject, other, isMoreBetter: true })).toEqual({ min: 2, median: 2, max: 2 })
  expect(speedRatio({ subject, other, isMoreBetter: false })).toEqual({ min: 0.5, median: 0.5, max: 0.5 })
})

test('turns become runs, in their order; a run that broke off is none', () => {
  expect(meansOfRuns([1, 2, 3, 5, 7, 9, 100], 3)).toEqual([2, 7])
  expect(meansOfRuns([], 3)).toEqual([])
})
