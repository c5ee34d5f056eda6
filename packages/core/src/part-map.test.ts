import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPartMap, type PartMap } from './part-map.ts'

const entries = fc.array(fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.string()))
const filled = (pairs: readonly (readonly [number, string])[]) =>
  pairs.reduce((map, [partNumber, value]) => map.with(partNumber, value), createPartMap<string>())

test('holds what a Map holds, in the order of part numbers', () => {
  fc.assert(
    fc.property(entries, (pairs) => {
      const map = filled(pairs)
      const expected = [...new Map(pairs)].toSorted(([a], [b]) => a - b)
      expect([...map]).toEqual(expected)
      expect([...map.entries()]).toEqual(expected)
      expect([...map.keys()]).toEqual(expected.map(([partNumber]) => partNumber))
      expect([...map.values()]).toEqual(expected.map(([, value]) => value))
      expect(map.size).toBe(expected.length)
      for (const [partNumber, value] of expected) expect(map.get(partNumber)).toBe(value)
      const visited: unknown[] = []
      map.forEach((value, partNumber, self) => {
        visited.push([partNumber, value, self === map])
      })
      expect(visited).toEqual(expected.map(([partNumber, value]) => [partNumber, value, true]))
    }),
  )
})

test('stays as it was when another map is made from it', () => {
  fc.assert(
    fc.property(entries, fc.integer({ min: 1, max: 10_000 }), (pairs, partNumber) => {
      const map = filled(pairs)
      const before = [...map]
      map.with(partNumber, 'another')
      expect([...map]).toEqual(before)
    }),
  )
})

test.each([0, -1, 1.5, 3, 10_001, Number.NaN])(
  'has nothing at %d when only parts 1 and 2 were put in',
  (partNumber) => {
    const map: PartMap<string> = createPartMap<string>().with(1, 'a').with(2, 'b')
    expect(map.has(partNumber)).toBe(false)
    expect(map.get(partNumber)).toBeUndefined()
  },
)
