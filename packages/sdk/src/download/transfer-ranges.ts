import { type PartPlan, partAt, partsOf, type TransferEvent } from '@slipway/core'
import { awaitDigest } from '../digest/await-digest.ts'
import { createHashFrontier } from '../digest/hash-frontier.ts'
import { DestinationError } from '../errors/slipway-error.ts'
import type { Transport } from '../http/transport.ts'
import { createBufferPool } from '../transfer/buffer-pool.ts'
import { createConcurrency } from '../transfer/concurrency.ts'
import { createPartQueue } from '../transfer/part-queue.ts'
import { runPartPool } from '../transfer/run-part-pool.ts'
import { defaultMaxPartAttempts, defaultStallTimeoutMs } from '../transfer/transfer-defaults.ts'
import { createTransferLedger } from '../transfer/transfer-ledger.ts'
import type { DownloadImageOptions } from './download-options.ts'
import type { DownloadUrl } from './download-url.ts'
import { fetchRange } from './fetch-range.ts'
import type { PartFile } from './part-file.ts'
import { createRangeWriter } from './range-writer.ts'

export interface TransferRangesOptions
  extends Pick<DownloadImageOptions, 'concurrency' | 'maxAttempts' | 'stallTimeoutMs' | 'onEvent'> {
  readonly transport: Transport
  readonly url: DownloadUrl
  readonly file: PartFile
  /** The file's plan, or one part when it comes in one piece. */
  readonly plan: PartPlan
  /** For a server that ignores ranges: one request for everything, and all of it again after a failure. */
  readonly inOnePiece: boolean
  readonly signal: AbortSignal
}

const bufferSizeBytes = 1024 * 1024

/** Fetches the ranges that the file lacks and hashes the file behind them. @returns the digest of what is in the file */
export async function transferRanges(
  options: TransferRangesOptions,
): Promise<{ readonly sha256: string; readonly retryCount: number }> {
  const { transport, url, file, plan, inOnePiece, signal, onEvent } = options
  const { clock } = transport
  const pool = createBufferPool(bufferSizeBytes)
  const concurrency = createConcurrency(options.concurrency, clock.now())
  const queue = createPartQueue(missingRanges(plan, inOnePiece ? new Set() : file.written))
  queue.close()
  /** How far each range under way is in the file: a retry goes on from there. */
  const positions = new Map<number, number>()
  let etag: string | undefined
  let servesRanges = false
  const frontier = createHashFrontier({ fd: file.fd, sizeBytes: plan.sizeBytes })
  const ledger = createTransferLedger({
    clock,
    plan,
    isTotalKnown: true,
    readCounters: () => ({
      reusedBytes: inOnePiece ? 0 : file.reusedBytes,
      hashedBytes: frontier.hashedBytes(),
      concurrency: concurrency.limit,
    }),
    onProgress: onEvent && ((progress) => onEvent({ type: 'progress', progress })),
  })
  for (const partNumber of file.written) if (!inOnePiece) apply({ type: 'part_confirmed', partNumber, etag: '' })

  function apply(event: TransferEvent): void {
    ledger.record(event)
    followFrontier()
  }

  /** Everything before the first byte that is not in the file yet. */
  function followFrontier(): void {
    const waiting = queue.peek()
    const first = waiting === undefined ? plan.sizeBytes : partAt(plan, waiting).start
    frontier.advanceTo(Math.min(first, ...positions.values()))
  }

  async function attemptRange(partNumber: number, _attempt: number, attemptSignal: AbortSignal): Promise<number> {
    const { start, end } = partAt(plan, partNumber)
    const from = positions.get(partNumber) ?? start
    let position = from
    // What is in the file has been hashed, or is about to be: it must not be written again, or bytes that were damaged on
    // their second way would be in the file and not in the digest.
    let skipBytes = inOnePiece ? from - start : 0
    positions.set(partNumber, from)
    apply({ type: 'part_started', partNumber })
    apply({ type: 'part_sent', partNumber, sentBytes: from - start })
    const currentUrl = await url.current(attemptSignal)
    const writer = createRangeWriter({
      pool,
      position: from,
      write: file.write,
      onWritten(bytes) {
        position += bytes
        positions.set(partNumber, position)
        apply({ type: 'part_sent', partNumber, sentBytes: position - start })
      },
    })
    try {
      if (position < end) {
        await fetchRange({
          transport,
          url: currentUrl,
          start: from - skipBytes,
          end,
          totalBytes: plan.sizeBytes,
          etag,
          servesRanges,
          stallTimeoutMs: options.stallTimeoutMs ?? defaultStallTimeoutMs,
          signal: attemptSignal,
          onRangeServed() {
            servesRanges = true
          },
          onEtag(answered) {
            etag = answered
          },
          onChunk(chunk) {
            const fresh = chunk.subarray(Math.min(skipBytes, chunk.length))
            skipBytes -= chunk.length - fresh.length
            return writer.write(fresh)
          },
          onUrlRefused: () => url.expire(currentUrl),
        })
        await writer.flush()
      }
    } catch (error) {
      // What came is right as far as it goes: on a link that keeps breaking, these pieces are all the progress there is.
      if (!attemptSignal.aborted && !(error instanceof DestinationError)) await writer.flush()
      throw error
    } finally {
      writer.release()
    }
    if (!inOnePiece) await file.confirm(partNumber)
    positions.delete(partNumber)
    apply({ type: 'part_confirmed', partNumber, etag: etag ?? '' })
    return end - from
  }

  try {
    followFrontier()
    await runPartPool({
      queue,
      concurrency,
      maxAttempts: options.maxAttempts ?? defaultMaxPartAttempts,
      clock,
      random: transport.random,
      signal,
      attemptPart: attemptRange,
      // A range goes on where it failed, the whole begins again.
      keptBytes: () => (inOnePiece ? 0 : ledger.state.confirmedBytes + writtenAhead()),
      onRetry({ partNumber, attempt, delayMs, error }) {
        apply({ type: 'part_failed', partNumber })
        onEvent?.({ type: 'retried', attempt, delayMs, error })
      },
    })
    onEvent?.({ type: 'verifying' })
    const sha256 = await awaitDigest(frontier.digest, { clock, signal, onTick: () => ledger.report() })
    ledger.report({ isFinal: true })
    return { sha256, retryCount: ledger.state.retryCount }
  } finally {
    await frontier.close()
  }

  /** Of ranges that are not complete. */
  function writtenAhead(): number {
    let bytes = 0
    for (const [partNumber, position] of positions) bytes += position - partAt(plan, partNumber).start
    return bytes
  }
}

function missingRanges(plan: PartPlan, written: ReadonlySet<number>): number[] {
  const missing: number[] = []
  for (const { partNumber } of partsOf(plan)) if (!written.has(partNumber)) missing.push(partNumber)
  return missing
}
