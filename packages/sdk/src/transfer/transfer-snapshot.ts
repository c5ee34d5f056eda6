import type { Clock } from '../clock.ts'

/** How far a transfer is. */
export interface TransferSnapshot {
  /** Undefined while the end of a stream is not in sight. */
  readonly totalBytes: number | undefined
  /** Bytes that the other side (upload) or the disk (download) has for certain. Never decreases. */
  readonly confirmedBytes: number
  /** With the bytes on their way; may fall back when an attempt fails. */
  readonly sentBytes: number
  /** Of the confirmed bytes, those that an earlier run had moved already. */
  readonly reusedBytes: number
  /** Bytes that the digest covers so far. */
  readonly hashedBytes: number
  readonly partsInFlight: number
  /** How many parts may be in flight at once just now. */
  readonly concurrency: number
  readonly retryCount: number
  /** Over the last few seconds; what an earlier run had moved does not count. */
  readonly bytesPerSecond: number
  /** Absent while nothing moves, or the total is not known. */
  readonly etaMs?: number
  readonly elapsedMs: number
}

/** What is sampled; rate, ETA and elapsed time are derived. */
export type TransferCounters = Omit<TransferSnapshot, 'bytesPerSecond' | 'etaMs' | 'elapsedMs'>

export interface SnapshotSeries {
  /** @returns a snapshot when the last one is at least a tenth of a second old, or `isFinal` */
  sample(options?: { isFinal?: boolean }): TransferSnapshot | undefined
}

const minIntervalMs = 100
/** Long enough to steady the rate, short enough to show a link that broke down. */
const rateWindowMs = 5000

export function createSnapshotSeries(clock: Clock, read: () => TransferCounters): SnapshotSeries {
  const startedAtMs = clock.now()
  const samples: { atMs: number; bytes: number }[] = [{ atMs: startedAtMs, bytes: 0 }]
  let lastAtMs = Number.NEGATIVE_INFINITY

  return {
    sample({ isFinal = false } = {}) {
      const nowMs = clock.now()
      if (!isFinal && nowMs - lastAtMs < minIntervalMs) return undefined
      lastAtMs = nowMs
      const counters = read()
      const movedBytes = counters.sentBytes - counters.reusedBytes
      samples.push({ atMs: nowMs, bytes: movedBytes })
      while (samples.length > 2 && (samples[1]?.atMs ?? 0) <= nowMs - rateWindowMs) samples.shift()
      const oldest = samples[0] ?? { atMs: startedAtMs, bytes: 0 }
      const spanMs = Math.max(1, nowMs - oldest.atMs)
      const bytesPerSecond = Math.max(0, Math.round(((movedBytes - oldest.bytes) * 1000) / spanMs))
      const leftBytes = counters.totalBytes === undefined ? undefined : counters.totalBytes - counters.sentBytes
      const isMoving = bytesPerSecond > 0 || leftBytes === 0
      return {
        ...counters,
        bytesPerSecond,
        elapsedMs: nowMs - startedAtMs,
        ...(leftBytes !== undefined && isMoving
          ? { etaMs: Math.round((leftBytes * 1000) / Math.max(1, bytesPerSecond)) }
          : {}),
      }
    },
  }
}
