import { expect, test } from 'vitest'
import { createManualClock } from '../../test/manual-clock.ts'
import { createSnapshotSeries, type TransferCounters } from './transfer-snapshot.ts'

const idle: TransferCounters = {
  totalBytes: 1000,
  confirmedBytes: 0,
  sentBytes: 0,
  reusedBytes: 0,
  hashedBytes: 0,
  partsInFlight: 0,
  concurrency: 4,
  retryCount: 0,
}

function prepare() {
  const clock = createManualClock(5000)
  let counters = idle
  const series = createSnapshotSeries(clock, () => counters)
  return { clock, series, set: (next: Partial<TransferCounters>) => (counters = { ...counters, ...next }) }
}

test('comes ten times a second at most, and once more at the end', () => {
  const { clock, series } = prepare()
  expect(series.sample()).toBeDefined()
  clock.advance(99)
  expect(series.sample()).toBeUndefined()
  clock.advance(1)
  expect(series.sample()).toBeDefined()
  expect(series.sample({ isFinal: true })).toBeDefined()
})

test('gives the rate of the last seconds and what is left at that rate', () => {
  const { clock, series, set } = prepare()
  clock.advance(1000)
  set({ sentBytes: 200 })
  expect(series.sample()).toMatchObject({ bytesPerSecond: 200, etaMs: 4000, elapsedMs: 1000 })
  for (let second = 0; second < 20; second++) {
    clock.advance(1000)
    set({ sentBytes: 200 + second })
    series.sample()
  }
  clock.advance(1000)
  expect(series.sample()?.bytesPerSecond).toBeLessThan(3)
})

test('what an earlier run had moved does not make this one fast', () => {
  const { clock, series, set } = prepare()
  clock.advance(1000)
  set({ sentBytes: 900, reusedBytes: 800 })
  expect(series.sample()?.bytesPerSecond).toBe(100)
})

test('has no ETA while nothing moves, nor while the total is not known', () => {
  const { clock, series, set } = prepare()
  clock.advance(1000)
  expect(series.sample()).not.toHaveProperty('etaMs')
  clock.advance(1000)
  set({ sentBytes: 500, totalBytes: undefined })
  expect(series.sample()).not.toHaveProperty('etaMs')
})

test('the rate is not negative when a failed attempt takes its bytes back', () => {
  const { clock, series, set } = prepare()
  clock.advance(1000)
  set({ sentBytes: 500 })
  series.sample()
  clock.advance(6000)
  set({ sentBytes: 100 })
  series.sample()
  clock.advance(1000)
  expect(series.sample()?.bytesPerSecond).toBeGreaterThanOrEqual(0)
})
