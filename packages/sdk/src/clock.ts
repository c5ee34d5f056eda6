import { setTimeout as sleep } from 'node:timers/promises'

/** Time, injected: tests move it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** @throws the signal's reason as soon as it aborts */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(durationMs, signal) {
    signal?.throwIfAborted()
    try {
      await sleep(durationMs, undefined, signal ? { signal } : {})
    } catch (error) {
      // Node wraps the reason in an AbortError of its own; callers want the reason.
      signal?.throwIfAborted()
      throw error
    }
  },
}
