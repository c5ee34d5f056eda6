import type { Fingerprint } from './fingerprint.ts'
import type { PartFeed, PartFeedOptions } from './part-feed.ts'

/** Where the bytes of an upload come from. */
export interface ImageSource {
  /** What it is called in messages: a path, `the stream`. */
  readonly label: string
  /** Undefined for a stream whose end is not in sight. */
  readonly sizeBytes: number | undefined
  /** Absent where a later run cannot find the same bytes by itself: then no resume record is kept. */
  readonly identity: SourceIdentity | undefined
  openFeed(options: PartFeedOptions): PartFeed
  /** @throws {SourceError} when it is no longer what it was at the beginning */
  assertUnchanged(): Promise<void>
  close(): Promise<void>
}

export interface SourceIdentity {
  /** The same for the same source on this machine: an absolute path. */
  readonly key: string
  readonly fingerprint: Fingerprint
}
