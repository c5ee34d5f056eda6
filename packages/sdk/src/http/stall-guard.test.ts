import { expect, test } from 'vitest'
import { createManualClock } from '../../test/manual-clock.ts'
import { NetworkError } from '../errors/slipway-error.ts'
import { createStallGuard } from './stall-guard.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))
const toError = () => new NetworkError('stalled', { code: 'stalled' })

test('what moves now and then is left alone, what stops is aborted', async () => {
  const clock = createManualClock()
  const guard = createStallGuard({ limitMs: 100, clock, toError, signal: undefined })
  for (let turn = 0; turn < 5; turn++) {
    clock.advance(90)
    guard.touch()
    await settled()
  }
  expect(guard.signal.aborted).toBe(false)
  clock.advance(100)
  await settled()
  expect(guard.signal.reason).toMatchObject({ code: 'stalled' })
})

test('a system clock that is set back does not make the wait longer', async () => {
  const clock = createManualClock(1_000_000)
  const guard = createStallGuard({ limitMs: 100, clock, toError, signal: undefined })
  guard.touch()
  clock.advance(-500_000)
  await settled()
  clock.advance(500_100)
  await settled()
  expect(guard.signal.aborted).toBe(true)
})

test('the caller’s signal aborts it with the caller’s reason', () => {
  const caller = new AbortController()
  const guard = createStallGuard({ limitMs: 100, clock: createManualClock(), toError, signal: caller.signal })
  caller.abort('enough')
  expect(guard.signal.reason).toBe('enough')
  guard.close()
})

test('once closed nothing sleeps any more', async () => {
  const clock = createManualClock()
  const guard = createStallGuard({ limitMs: 100, clock, toError, signal: undefined })
  expect(clock.sleeperCount).toBe(1)
  guard.close()
  await settled()
  expect(clock.sleeperCount).toBe(0)
  clock.advance(1000)
  await settled()
  expect(guard.signal.aborted).toBe(false)
})
