import { UsageError } from '../errors/slipway-error.ts'

/**
 * How many parts to send at once: additive increase while throughput grows, multiplicative decrease when the link or the
 * server says it is too much. Pure: times come in with each call.
 */
export interface ConcurrencyController {
  readonly limit: number
  /** A part was confirmed: `bytes` of it, at `nowMs`. */
  onConfirmed(bytes: number, nowMs: number): void
  /** A 429, a 503, a timeout, a stall or a reset. */
  onCongestion(nowMs: number): void
}

export const minConcurrency = 1
export const maxConcurrency = 16
const initialConcurrency = 4

/**
 * The share of what one more part at once could bring at best that it has to bring to be worth its connection: 8 % from 4
 * to 5, where 25 % are possible; 2 % from 15 to 16, where a fixed percentage would never be reached.
 */
const worthwhileShare = 1 / 3
/** Failures within this time are one event: parts in flight together fail together. */
const congestionWindowMs = 1000
/** Confirmations to wait after a step that brought nothing, before another try; links change. */
const patience = 64

/** @throws {UsageError} when a fixed level is asked for that cannot be */
export function assertConcurrency(fixed: number | undefined): void {
  const isInRange = Number.isInteger(fixed) && Number(fixed) >= minConcurrency && Number(fixed) <= maxConcurrency
  if (fixed === undefined || isInRange) return
  throw new UsageError(`concurrency must be a whole number from ${minConcurrency} to ${maxConcurrency}`, {
    code: 'invalid_concurrency',
  })
}

/** @param fixed a level that stays as it is; undefined: adaptive */
export function createConcurrency(fixed: number | undefined, startMs: number): ConcurrencyController {
  return fixed === undefined
    ? createAdaptiveConcurrency(startMs)
    : { limit: fixed, onConfirmed() {}, onCongestion() {} }
}

export function createAdaptiveConcurrency(startMs: number): ConcurrencyController {
  let limit = initialConcurrency
  let best = { limit, bytesPerMs: 0 }
  let window = { startMs, bytes: 0, confirmations: 0 }
  let confirmationsToRest = 0
  let congestedAtMs = Number.NEGATIVE_INFINITY

  function moveTo(next: number, nowMs: number): void {
    limit = Math.min(maxConcurrency, Math.max(minConcurrency, next))
    window = { startMs: nowMs, bytes: 0, confirmations: 0 }
  }

  /** One round of parts at this level has ended: go up, or go back to where it was as good. */
  function judge(nowMs: number): void {
    const bytesPerMs = window.bytes / Math.max(1, nowMs - window.startMs)
    const possibleGain = limit / best.limit - 1
    if (limit <= best.limit || bytesPerMs > best.bytesPerMs * (1 + possibleGain * worthwhileShare)) {
      best = { limit, bytesPerMs }
      moveTo(limit + 1, nowMs)
    } else {
      confirmationsToRest = patience
      moveTo(best.limit, nowMs)
    }
  }

  return {
    get limit() {
      return limit
    },
    onConfirmed(bytes, nowMs) {
      window.bytes += bytes
      window.confirmations++
      if (confirmationsToRest > 0) {
        confirmationsToRest--
        if (confirmationsToRest === 0) moveTo(limit, nowMs)
      } else if (window.confirmations >= 2 * limit) {
        judge(nowMs)
      }
    },
    onCongestion(nowMs) {
      if (nowMs - congestedAtMs < congestionWindowMs) return
      congestedAtMs = nowMs
      confirmationsToRest = patience
      moveTo(Math.floor(limit / 2), nowMs)
      best = { limit, bytesPerMs: 0 }
    },
  }
}
