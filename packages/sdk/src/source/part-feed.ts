import type { PartPlan, PlannedPart } from '@slipway/core'
import type { RangeDigest } from '../digest/hash-frontier.ts'

/**
 * What an upload takes its parts from, whatever they come from: it tells which parts there are, hands out their bytes as
 * often as an attempt needs them, and knows the digest of the whole in the end.
 */
export interface PartFeed {
  /** Begins to announce parts. Call it once. */
  start(): void
  /** Fills `buffer` from `position` of the image on; only within a part that was announced and is not done. */
  read(buffer: Buffer, position: number): Promise<void>
  /** Nothing before `position` is still to be read by an attempt for the first time. */
  advanceTo(position: number): void
  /** The part is confirmed: its bytes are not needed again. */
  done(partNumber: number): void
  hashedBytes(): number
  /** Settles once everything is hashed; rejects when the source cannot be read to its end. */
  readonly digest: Promise<string>
  close(): Promise<void>
}

export interface PartFeedOptions {
  readonly partSizeBytes: number
  /** The parts to announce with a digest, so that the server's copy can be proven. */
  readonly partsToProve: ReadonlySet<number>
  /** How many parts of a source that cannot be read twice may be held for attempts at once. */
  readonly maxHeldParts: () => number
  /** The size is known: at the start, or for a stream before its last part is announced. */
  readonly onPlan: (plan: PartPlan) => void
  /** The part can be read. */
  readonly onPart: (part: PlannedPart, digest: RangeDigest | undefined) => void
}
