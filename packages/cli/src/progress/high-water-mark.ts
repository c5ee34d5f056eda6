import type { TransferSnapshot } from '@slipway/sdk'

/** The numbers of a transfer as they are shown: none of the amounts ever falls. */
export interface ShownProgress {
  readonly totalBytes: number | undefined
  readonly confirmedBytes: number
  /** The confirmed share of 1; `undefined` while the total is not known. */
  readonly fraction: number | undefined
  /** The share of 1 that was sent, confirmed or not: at least `fraction`. */
  readonly sentFraction: number | undefined
  /** How much of it the digest covers. */
  readonly hashedBytes: number
  readonly bytesPerSecond: number
  readonly etaMs: number | undefined
  readonly partsInFlight: number
  readonly retryCount: number
}

/**
 * A retry takes bytes back, and a bar that runs backwards makes people fear for their data: amounts are kept at the
 * highest seen. The figures count bytes that arrived; those merely sent only shade the bar.
 */
export function createHighWaterMark(): (snapshot: TransferSnapshot) => ShownProgress {
  let confirmedBytes = 0
  let sentBytes = 0
  let hashedBytes = 0
  let retryCount = 0
  return (snapshot) => {
    confirmedBytes = Math.max(confirmedBytes, Math.min(snapshot.confirmedBytes, snapshot.totalBytes ?? Infinity))
    sentBytes = Math.max(sentBytes, confirmedBytes, Math.min(snapshot.sentBytes, snapshot.totalBytes ?? Infinity))
    hashedBytes = Math.max(hashedBytes, snapshot.hashedBytes)
    retryCount = Math.max(retryCount, snapshot.retryCount)
    return {
      totalBytes: snapshot.totalBytes,
      confirmedBytes,
      fraction: snapshot.totalBytes ? confirmedBytes / snapshot.totalBytes : undefined,
      sentFraction: snapshot.totalBytes ? sentBytes / snapshot.totalBytes : undefined,
      hashedBytes,
      bytesPerSecond: snapshot.bytesPerSecond,
      etaMs: snapshot.etaMs,
      partsInFlight: snapshot.partsInFlight,
      retryCount,
    }
  }
}
