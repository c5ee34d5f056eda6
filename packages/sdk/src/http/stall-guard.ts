import type { Clock } from '../clock.ts'
import type { SlipwayError } from '../errors/slipway-error.ts'

export interface StallGuard {
  /** Aborts when nothing has moved for the time, or when the caller's signal does. */
  readonly signal: AbortSignal
  /** Something moved. */
  touch(): void
  close(): void
}

/**
 * Watches one attempt: a peer that takes or sends nothing for `limitMs` has it aborted, so that it can be tried again. A
 * slow transfer that moves is left alone, however long it takes. Never touched, it is a plain time limit.
 */
export function createStallGuard(options: {
  readonly limitMs: number
  readonly clock: Clock
  readonly toError: () => SlipwayError
  readonly signal: AbortSignal | undefined
}): StallGuard {
  const { limitMs, clock, toError } = options
  const stalled = new AbortController()
  const closed = new AbortController()
  let movedAtMs = clock.now()

  async function watch(): Promise<void> {
    for (;;) {
      const leftMs = movedAtMs + limitMs - clock.now()
      if (leftMs <= 0) break
      // A system clock that was set back must not make the wait longer than the limit.
      await clock.sleep(Math.min(leftMs, limitMs), closed.signal)
    }
    stalled.abort(toError())
  }
  // Ends by rejection when the attempt is over, which is the normal way.
  watch().catch(() => undefined)

  return {
    signal: options.signal ? AbortSignal.any([options.signal, stalled.signal]) : stalled.signal,
    touch() {
      movedAtMs = clock.now()
    },
    close() {
      closed.abort()
    },
  }
}
