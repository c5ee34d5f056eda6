export interface BackoffOptions {
  /** Failures so far, from 1. */
  readonly failureCount: number
  /** 0 up to but not including 1. */
  readonly random: () => number
  /** What the server asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

const firstDelayMs = 500
const maxDelayMs = 20_000
/** A server's wish is honoured up to here: beyond it, a wrong clock or a mistake would hang the client. */
const maxRetryAfterMs = 60_000

/**
 * How long to wait before the next attempt, in milliseconds: full jitter (uniform between nothing and the exponential
 * cap), so that clients that failed together do not come back together. Never sooner than the server asked.
 */
export function backoffMs({ failureCount, random, retryAfterMs }: BackoffOptions): number {
  const capMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (failureCount - 1))
  const jitterMs = Math.round(random() * capMs)
  return retryAfterMs === undefined
    ? jitterMs
    : Math.min(retryAfterMs, maxRetryAfterMs) + Math.min(jitterMs, firstDelayMs)
}
