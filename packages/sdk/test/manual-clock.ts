import type { Clock } from '../src/index.ts'

/** Time that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves on, and wakes who slept that long. */
  advance(durationMs: number): void
  readonly sleeperCount: number
}

export function createManualClock(startMs = 0): ManualClock {
  let nowMs = startMs
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()
  return {
    now: () => nowMs,
    get sleeperCount() {
      return sleepers.size
    },
    async sleep(durationMs, signal) {
      signal?.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const sleeper = { untilMs: nowMs + durationMs, wake: resolve }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      await promise.finally(() => sleepers.delete(sleeper))
    },
    advance(durationMs) {
      nowMs += durationMs
      for (const sleeper of sleepers) if (sleeper.untilMs <= nowMs) sleeper.wake()
    },
  }
}
