import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseRange } from './range.ts'

it.each([
  [undefined, undefined],
  ['', undefined],
  ['bytes=', undefined],
  ['bytes=-', undefined],
  ['bytes=2-1', undefined],
  ['bytes=0-0,2-2', undefined],
  ['octets=0-0', undefined],
  ['bytes=+0-1', undefined],
  ['bytes=0-0', { start: 0, end: 1 }],
  ['Bytes = 0 - 4', { start: 0, end: 5 }],
  ['bytes=3-', { start: 3, end: 10 }],
  ['bytes=3-99999999999999999999', { start: 3, end: 10 }],
  ['bytes=-4', { start: 6, end: 10 }],
  ['bytes=-99', { start: 0, end: 10 }],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=99999999999999999999-', 'unsatisfiable'],
])('reads %j of ten bytes', (header, expected) => {
  expect(parseRange(header, 10)).toEqual(expected)
})

it('never leaves the bytes that are there', () => {
  const number = fc.oneof(fc.nat(20), fc.constant(''), fc.maxSafeNat())
  fc.assert(
    fc.property(number, number, fc.nat(15), (first, last, sizeBytes) => {
      const range = parseRange(`bytes=${first}-${last}`, sizeBytes)
      if (range === undefined || range === 'unsatisfiable') return
      expect(range.start).toBeGreaterThanOrEqual(0)
      expect(range.end).toBeGreaterThan(range.start)
      expect(range.end).toBeLessThanOrEqual(sizeBytes)
    }),
  )
})
