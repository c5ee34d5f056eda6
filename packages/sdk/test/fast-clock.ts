import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../src/index.ts'

/**
 * Time that runs a thousand times as fast: back-off pauses cost nothing, and a stall limit that a test wants to see keeps
 * its proportion to them.
 */
export const fastClock: Clock = createFastClock({ skewMs: 0 })

const factor = 1000
const startedAtMs = Date.now()

export function createFastClock({ skewMs }: { readonly skewMs: number }): Clock {
  return {
    now: () => startedAtMs + skewMs + (Date.now() - startedAtMs) * factor,
    async sleep(durationMs, signal) {
      signal?.throwIfAborted()
      try {
        await sleep(durationMs / factor, undefined, signal ? { signal } : {})
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
  }
}

/** Long enough in fast time that a busy machine is never taken for a dead peer. */
export const patientMs = 20_000 * factor
