import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertConcurrency, createConcurrency } from './concurrency.ts'

const partBytes = 16 * 1024 * 1024

/** Confirms parts on a link that carries `bytesPerMs(limit)` at a limit. @returns the limits on the way */
function drive(rounds: number, bytesPerMs: (limit: number) => number) {
  const controller = createConcurrency(undefined, 0)
  const limits: number[] = []
  let nowMs = 0
  for (let round = 0; round < rounds; round++) {
    nowMs += partBytes / bytesPerMs(controller.limit)
    controller.onConfirmed(partBytes, nowMs)
    limits.push(controller.limit)
  }
  return { controller, limits, nowMs }
}

test('grows to the most while every further part at once brings more', () => {
  expect(drive(500, (limit) => 1000 * limit).controller.limit).toBe(16)
})

test('stays near where the link is full', () => {
  const { limits } = drive(2000, (limit) => 1000 * Math.min(limit, 6))
  expect(Math.max(...limits)).toBeLessThanOrEqual(8)
  expect(limits.at(-1)).toBeGreaterThanOrEqual(5)
})

test('halves on congestion, once for parts that fail together, down to one', () => {
  const { controller, nowMs } = drive(500, (limit) => 1000 * limit)
  controller.onCongestion(nowMs)
  controller.onCongestion(nowMs + 10)
  expect(controller.limit).toBe(8)
  for (let second = 2; second < 20; second += 2) controller.onCongestion(nowMs + second * 1000)
  expect(controller.limit).toBe(1)
})

test('grows again after congestion has passed', () => {
  const { controller } = drive(100, (limit) => 1000 * limit)
  controller.onCongestion(1e9)
  const low = controller.limit
  for (let part = 1; part <= 300; part++) controller.onConfirmed(partBytes, 1e9 + (part * 20_000) / controller.limit)
  expect(controller.limit).toBeGreaterThan(low)
})

test('never leaves 1 to 16, whatever happens', () => {
  const happenings = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5000 }), fc.nat({ max: partBytes })))
  const property = fc.property(happenings, (events) => {
    const controller = createConcurrency(undefined, 0)
    let nowMs = 0
    for (const [isConfirmed, durationMs, bytes] of events) {
      nowMs += durationMs
      if (isConfirmed) controller.onConfirmed(bytes, nowMs)
      else controller.onCongestion(nowMs)
      expect(controller.limit).toBeGreaterThanOrEqual(1)
      expect(controller.limit).toBeLessThanOrEqual(16)
    }
  })
  fc.assert(property)
})

test('a fixed level stays', () => {
  const controller = createConcurrency(3, 0)
  controller.onCongestion(5)
  controller.onConfirmed(partBytes, 10)
  expect(controller.limit).toBe(3)
})

test.each([0, 17, 1.5, Number.NaN])('a fixed level of %d is refused', (fixed) => {
  expect(() => assertConcurrency(fixed)).toThrow('from 1 to 16')
})
