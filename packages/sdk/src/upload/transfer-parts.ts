import { limits, type PartPlan, type PlannedPart } from '@slipway/core'
import { awaitDigest } from '../digest/await-digest.ts'
import type { RangeDigest } from '../digest/hash-frontier.ts'
import type { Transport } from '../http/transport.ts'
import type { Journal } from '../journal/journal.ts'
import type { ImageSource } from '../source/image-source.ts'
import { createBufferPool } from '../transfer/buffer-pool.ts'
import { createConcurrency } from '../transfer/concurrency.ts'
import { createPartQueue } from '../transfer/part-queue.ts'
import { runPartPool } from '../transfer/run-part-pool.ts'
import { defaultMaxPartAttempts, defaultStallTimeoutMs } from '../transfer/transfer-defaults.ts'
import { createTransferLedger } from '../transfer/transfer-ledger.ts'
import { isProven, type KeptPart } from './kept-parts.ts'
import { sendPart } from './send-part.ts'
import type { UploadImageOptions } from './upload-options.ts'

export interface TransferPartsOptions
  extends Pick<UploadImageOptions, 'concurrency' | 'maxAttempts' | 'stallTimeoutMs' | 'onEvent'> {
  readonly transport: Transport
  readonly source: ImageSource
  readonly imageId: string
  readonly partSizeBytes: number
  readonly kept: ReadonlyMap<number, KeptPart>
  readonly journal: Journal | undefined
  /** Called once the number of parts is known. May throw, which stops the transfer. */
  readonly onPlan: (plan: PartPlan) => void
  readonly signal: AbortSignal
}

export interface TransferredParts {
  readonly sha256: string
  readonly sizeBytes: number
  readonly partCount: number
  readonly retryCount: number
  readonly reusedBytes: number
  readonly sentBytes: number
}

/** What one read takes from the source and one write gives to a connection; larger ones gain nothing measurable. */
const bufferSizeBytes = 1024 * 1024

/** Sends the parts that the server does not hold, proves the ones that it does, and hashes the source beside both. */
export async function transferParts(options: TransferPartsOptions): Promise<TransferredParts> {
  const { transport, source, imageId, partSizeBytes, kept, journal, onEvent } = options
  const { clock } = transport
  const pool = createBufferPool(bufferSizeBytes)
  const concurrency = createConcurrency(options.concurrency, clock.now())
  const queue = createPartQueue()
  /** The parts that the feed has announced. */
  const parts = new Map<number, PlannedPart>()
  const checksums = new Map<number, Map<number, number>>()
  const confirmations: Promise<void>[] = []
  const stopped = new AbortController()
  const signal = AbortSignal.any([options.signal, stopped.signal])
  let plan: PartPlan | undefined
  let reusedBytes = 0
  let sentBytes = 0

  const ledger = createTransferLedger({
    clock,
    plan: provisionalPlan(source.sizeBytes ?? limits.maxImageSizeBytes, partSizeBytes),
    isTotalKnown: source.sizeBytes !== undefined,
    readCounters: () => ({ reusedBytes, hashedBytes: feed.hashedBytes(), concurrency: concurrency.limit }),
    onProgress: onEvent && ((progress) => onEvent({ type: 'progress', progress })),
  })
  const feed = source.openFeed({
    partSizeBytes,
    partsToProve: new Set(kept.keys()),
    maxHeldParts: () => concurrency.limit,
    onPlan(known) {
      plan = known
      ledger.settlePlan(known)
      options.onPlan(known)
    },
    onPart,
  })
  // A source that cannot be read is found out by whichever of hashing and sending reads it first.
  feed.digest.catch((error: unknown) => stopped.abort(error))

  /** Into the queue, unless the server holds it already and its digest says so. */
  function onPart(part: PlannedPart, digest: RangeDigest | undefined): void {
    const { partNumber } = part
    parts.set(partNumber, part)
    const keptPart = kept.get(partNumber)
    if (keptPart && digest && isProven(keptPart, digest)) {
      reusedBytes += part.sizeBytes
      const confirmed = confirm(part, { ...keptPart, crc32: digest.crc32 }, true)
      confirmed.catch((error: unknown) => stopped.abort(error))
      confirmations.push(confirmed)
    } else {
      if (digest) checksums.set(partNumber, new Map([[part.sizeBytes, digest.crc32]]))
      queue.add(partNumber)
    }
    if (parts.size === plan?.partCount) queue.close()
  }

  async function confirm(part: PlannedPart, proof: Omit<KeptPart, 'partNumber'>, isReused: boolean): Promise<void> {
    const { partNumber, sizeBytes } = part
    const { etag, sha256, crc32 } = proof
    const event = { type: 'part_confirmed', partNumber, etag, sha256, crc32 } as const
    await journal?.append(event)
    feed.done(partNumber)
    checksums.delete(partNumber)
    ledger.record(event)
    followFrontier()
    onEvent?.({ type: 'part_confirmed', partNumber, sizeBytes, isReused })
  }

  async function attemptPart(partNumber: number, attempt: number, attemptSignal: AbortSignal): Promise<number> {
    const part = parts.get(partNumber) as PlannedPart
    const earlierChecksums = checksums.get(partNumber) ?? new Map<number, number>()
    checksums.set(partNumber, earlierChecksums)
    ledger.record({ type: 'part_started', partNumber })
    onEvent?.({ type: 'part_started', partNumber, attempt })
    let attemptBytes = 0
    const sent = await sendPart({
      transport,
      feed,
      pool,
      imageId,
      part,
      stallTimeoutMs: options.stallTimeoutMs ?? defaultStallTimeoutMs,
      signal: attemptSignal,
      checksums: earlierChecksums,
      onBytes(bytes) {
        sentBytes += bytes - attemptBytes
        attemptBytes = bytes
        ledger.record({ type: 'part_sent', partNumber, sentBytes: bytes })
        followFrontier()
      },
    })
    await confirm(part, sent, false)
    return part.sizeBytes
  }

  /** What hashes may read what was read here: everything before the first byte that no attempt has reached. */
  function followFrontier(): void {
    const waiting = queue.peek()
    let position = waiting === undefined ? (plan?.sizeBytes ?? 0) : startOf(waiting)
    for (const [partNumber, bytes] of ledger.state.inFlight) {
      position = Math.min(position, startOf(partNumber) + bytes)
    }
    feed.advanceTo(position)
  }

  function startOf(partNumber: number): number {
    return (partNumber - 1) * partSizeBytes
  }

  try {
    feed.start()
    followFrontier()
    await runPartPool({
      queue,
      concurrency,
      maxAttempts: options.maxAttempts ?? defaultMaxPartAttempts,
      clock,
      random: transport.random,
      signal,
      attemptPart,
      keptBytes: () => ledger.state.confirmedBytes,
      onRetry({ partNumber, attempt, delayMs, error }) {
        ledger.record({ type: 'part_failed', partNumber })
        onEvent?.({ type: 'part_retried', partNumber, attempt, delayMs, error })
      },
    })
    await Promise.all(confirmations)
    const { sizeBytes, partCount } = plan as unknown as PartPlan
    feed.advanceTo(sizeBytes)
    const sha256 = await awaitDigest(feed.digest, { clock, signal, onTick: () => ledger.report() })
    ledger.report({ isFinal: true })
    return { sha256, sizeBytes, partCount, retryCount: ledger.state.retryCount, reusedBytes, sentBytes }
  } finally {
    await feed.close()
  }
}

/** Of a stream only the part size is known: room for as much as an image can have. */
function provisionalPlan(sizeBytes: number, partSizeBytes: number): PartPlan {
  return { sizeBytes, partSizeBytes, partCount: Math.ceil(sizeBytes / partSizeBytes) }
}
