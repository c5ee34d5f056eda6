import { type PartPlan, partAt } from '@slipway/core'
import type { Transport } from '../http/transport.ts'
import { createBufferPool } from '../transfer/buffer-pool.ts'
import { createConcurrency } from '../transfer/concurrency.ts'
import { createPartQueue } from '../transfer/part-queue.ts'
import { runPartPool } from '../transfer/run-part-pool.ts'
import { defaultMaxPartAttempts, defaultStallTimeoutMs } from '../transfer/transfer-defaults.ts'
import { createTransferLedger } from '../transfer/transfer-ledger.ts'
import type { DownloadImageToOptions } from './download-options.ts'
import type { DownloadUrl } from './download-url.ts'
import { fetchRange } from './fetch-range.ts'

export interface StreamRangesOptions
  extends Pick<DownloadImageToOptions, 'concurrency' | 'maxAttempts' | 'stallTimeoutMs' | 'onEvent'> {
  readonly transport: Transport
  readonly url: DownloadUrl
  /** One request for everything, for a server that ignores ranges. */
  readonly inOnePiece: boolean
  /** Takes the bytes in order, one call after the other. */
  readonly write: (bytes: Buffer) => Promise<void>
  readonly signal: AbortSignal
}

/** Large enough for few requests, small enough to hold several in memory. */
const blockSizeBytes = 4 * 1024 * 1024
/** Blocks that may be fetched while the first of them is still to be written: 32 MiB. */
const readAheadBlocks = 8

/** Fetches blocks ahead, several at a time, and hands them on in order. @returns the number of retries */
export async function streamRanges(options: StreamRangesOptions): Promise<number> {
  const { transport, url, inOnePiece, write, onEvent } = options
  const { clock } = transport
  const { sizeBytes } = url.download
  const plan: PartPlan = inOnePiece
    ? { sizeBytes, partSizeBytes: sizeBytes, partCount: 1 }
    : { sizeBytes, partSizeBytes: blockSizeBytes, partCount: Math.ceil(sizeBytes / blockSizeBytes) }
  const pool = createBufferPool(blockSizeBytes)
  const concurrency = createConcurrency(options.concurrency, clock.now())
  const windowSize = Math.max(readAheadBlocks, options.concurrency ?? 0)
  const queue = createPartQueue()
  /** What has come in and is not written yet. */
  const blocks = new Map<number, { readonly buffer: Buffer; filled: number }>()
  const stopped = new AbortController()
  const signal = AbortSignal.any([options.signal, stopped.signal])
  const arrived = new Map<number, PromiseWithResolvers<void>>()
  let etag: string | undefined
  let servesRanges = false
  let writtenBytes = 0

  const ledger = createTransferLedger({
    clock,
    plan,
    isTotalKnown: true,
    readCounters: () => ({ reusedBytes: 0, hashedBytes: writtenBytes, concurrency: concurrency.limit }),
    onProgress: onEvent && ((progress) => onEvent({ type: 'progress', progress })),
  })

  function announce(partNumber: number): void {
    if (partNumber > plan.partCount) return
    arrived.set(partNumber, Promise.withResolvers<void>())
    queue.add(partNumber)
    if (partNumber === plan.partCount) queue.close()
  }

  async function attemptBlock(partNumber: number, _attempt: number, attemptSignal: AbortSignal): Promise<number> {
    const part = partAt(plan, partNumber)
    const block = blocks.get(partNumber) ?? { buffer: pool.acquire(), filled: 0 }
    blocks.set(partNumber, block)
    await fetchInto(partNumber, { from: part.start + block.filled, end: part.end, attemptSignal }, (chunk) => {
      chunk.copy(block.buffer, block.filled)
      block.filled += chunk.length
      ledger.record({ type: 'part_sent', partNumber, sentBytes: block.filled })
      return Promise.resolve()
    })
    ledger.record({ type: 'part_confirmed', partNumber, etag: etag ?? '' })
    arrived.get(partNumber)?.resolve()
    return part.sizeBytes
  }

  /** What was written before a failure comes again and is skipped. */
  async function attemptWhole(partNumber: number, _attempt: number, attemptSignal: AbortSignal): Promise<number> {
    let received = 0
    await fetchInto(partNumber, { from: 0, end: sizeBytes, attemptSignal }, async (chunk) => {
      const fresh = chunk.subarray(Math.max(0, writtenBytes - received))
      received += chunk.length
      if (fresh.length > 0) await write(fresh)
      writtenBytes = Math.max(writtenBytes, received)
      ledger.record({ type: 'part_sent', partNumber, sentBytes: received })
    })
    ledger.record({ type: 'part_confirmed', partNumber, etag: etag ?? '' })
    return sizeBytes
  }

  async function fetchInto(
    partNumber: number,
    range: { readonly from: number; readonly end: number; readonly attemptSignal: AbortSignal },
    onChunk: (chunk: Buffer) => Promise<void>,
  ): Promise<void> {
    const { from, end, attemptSignal } = range
    ledger.record({ type: 'part_started', partNumber })
    if (from === end) return
    const currentUrl = await url.current(attemptSignal)
    await fetchRange({
      transport,
      url: currentUrl,
      start: from,
      end,
      totalBytes: sizeBytes,
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
      onChunk,
      onUrlRefused: () => url.expire(currentUrl),
    })
  }

  function heldBytes(): number {
    let bytes = 0
    for (const { filled } of blocks.values()) bytes += filled
    return bytes
  }

  async function writeInOrder(): Promise<void> {
    for (let partNumber = 1; partNumber <= plan.partCount; partNumber++) {
      await arrived.get(partNumber)?.promise
      const { buffer, filled } = blocks.get(partNumber) as { buffer: Buffer; filled: number }
      await write(buffer.subarray(0, filled))
      blocks.delete(partNumber)
      writtenBytes += filled
      arrived.delete(partNumber)
      pool.giveBack(buffer)
      announce(partNumber + windowSize)
    }
  }

  for (let partNumber = 1; partNumber <= Math.min(windowSize, plan.partCount); partNumber++) announce(partNumber)
  const writing = inOnePiece ? Promise.resolve() : writeInOrder()
  writing.catch((error: unknown) => stopped.abort(error))
  await runPartPool({
    queue,
    concurrency,
    maxAttempts: options.maxAttempts ?? defaultMaxPartAttempts,
    clock,
    random: transport.random,
    signal,
    attemptPart: inOnePiece ? attemptWhole : attemptBlock,
    keptBytes: () => writtenBytes + heldBytes(),
    onRetry({ partNumber, attempt, delayMs, error }) {
      ledger.record({ type: 'part_failed', partNumber })
      onEvent?.({ type: 'retried', attempt, delayMs, error })
    },
  })
  onEvent?.({ type: 'verifying' })
  await writing
  ledger.report({ isFinal: true })
  return ledger.state.retryCount
}
