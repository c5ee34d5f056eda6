import type { Clock } from '../clock.ts'
import { SlipwayError } from '../errors/slipway-error.ts'
import { backoffMs } from '../http/backoff.ts'
import { classifyFailure } from '../http/retry-policy.ts'
import { raceAbort } from '../race-abort.ts'
import type { ConcurrencyController } from './concurrency.ts'
import type { PartQueue } from './part-queue.ts'

export interface PartPoolOptions {
  readonly queue: PartQueue
  readonly concurrency: ConcurrencyController
  readonly maxAttempts: number
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal
  /** One attempt at one part, from 1. @returns the bytes it moved, once they are confirmed */
  readonly attemptPart: (partNumber: number, attempt: number, signal: AbortSignal) => Promise<number>
  /** Bytes that need not be moved again whatever fails. As long as they grow, the retry budget is full. */
  readonly keptBytes: () => number
  readonly onRetry: (retry: { partNumber: number; attempt: number; delayMs: number; error: SlipwayError }) => void
}

/**
 * Transfers every part of the queue, as many at once as the controller allows, with no barrier between them. The first
 * failure that retrying cannot mend stops the others and is thrown.
 */
export async function runPartPool(options: PartPoolOptions): Promise<void> {
  const { queue, concurrency } = options
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const running = new Set<Promise<void>>()
  try {
    for (;;) {
      signal.throwIfAborted()
      while (running.size < concurrency.limit) {
        const partNumber = queue.take()
        if (partNumber === undefined) break
        const transfer: Promise<void> = transferWithRetries(partNumber, options, signal).finally(() =>
          running.delete(transfer),
        )
        running.add(transfer)
      }
      if (running.size === 0 && queue.isClosed && queue.peek() === undefined) return
      await raceAbort(Promise.race([...running, queue.changed()]), signal)
    }
  } catch (error) {
    failed.abort(error)
    await Promise.allSettled(running)
    throw error
  }
}

async function transferWithRetries(partNumber: number, options: PartPoolOptions, signal: AbortSignal): Promise<void> {
  const { attemptPart, concurrency, clock, onRetry } = options
  const budget = createRetryBudget(options)
  for (let attempt = 1; ; attempt++) {
    try {
      const sizeBytes = await attemptPart(partNumber, attempt, signal)
      concurrency.onConfirmed(sizeBytes, clock.now())
      return
    } catch (error) {
      signal.throwIfAborted()
      if (classifyFailure(error) === 'congested') concurrency.onCongestion(clock.now())
      const delayMs = error instanceof SlipwayError ? budget.delayMsAfter(error) : undefined
      if (delayMs === undefined) throw error
      onRetry({ partNumber, attempt, delayMs, error: error as SlipwayError })
      await clock.sleep(delayMs, signal)
    }
  }
}

/** How often one part may fail: as long as any bytes get through, the link is not dead and giving up would waste them. */
function createRetryBudget({ maxAttempts, keptBytes, random }: PartPoolOptions) {
  let failureCount = 0
  let hasRenewedUrl = false
  let keptBytesBefore = keptBytes()

  return {
    /** @returns the pause before the next attempt, undefined when there is to be none */
    delayMsAfter(error: SlipwayError): number | undefined {
      const kept = keptBytes()
      if (kept > keptBytesBefore) {
        failureCount = 0
        keptBytesBefore = kept
      }
      failureCount++
      const verdict = classifyFailure(error)
      if (verdict === 'renew_url' && !hasRenewedUrl) {
        hasRenewedUrl = true
        return 0
      }
      if (verdict === 'renew_url' || verdict === 'stop' || failureCount >= maxAttempts) return undefined
      const { retryAfterMs } = error as { retryAfterMs?: number }
      return backoffMs({ failureCount, random, retryAfterMs })
    },
  }
}
