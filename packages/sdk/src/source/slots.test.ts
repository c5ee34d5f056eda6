import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

test('gives the lowest free slot', async () => {
  const slots = createSlots(() => 3)
  expect([await slots.take(1), await slots.take(2), await slots.take(3)]).toEqual([0, 1, 2])
  slots.giveBack(2)
  expect(await slots.take(4)).toBe(1)
  expect([slots.of(1), slots.of(4)]).toEqual([0, 1])
})

test('waits until one is free, or until it is over', async () => {
  const slots = createSlots(() => 1)
  await slots.take(1)
  const second = slots.take(2)
  slots.giveBack(1)
  expect(await second).toBe(0)
  const third = slots.take(3)
  slots.close()
  await expect(third).resolves.toBeTypeOf('number')
})

test('a part that has none is a defect', () => {
  expect(() => createSlots(() => 1).of(5)).toThrow(RangeError)
})
