/** What the hashing worker and its owner agree on. */
export interface HashWorkerData {
  /** Open for as long as the worker runs: descriptors are the process's, so no path is opened twice. */
  readonly fd: number
  readonly sizeBytes: number
  /** Ranges that want a digest of their own; they do not overlap. */
  readonly ranges: readonly HashedRange[]
  /** Two 64-bit integers: how far the worker may read, and how far it has hashed. */
  readonly shared: SharedArrayBuffer
}

/** A half-open range of the file's bytes. */
export interface HashedRange {
  readonly partNumber: number
  readonly start: number
  readonly end: number
}

export type HashWorkerMessage =
  | { readonly type: 'range'; readonly range: HashedRange; readonly sha256: string; readonly crc32: number }
  | { readonly type: 'digest'; readonly sha256: string }
  /** The file ended before its size. */
  | { readonly type: 'shrunk'; readonly position: number }

/** As a limit: stop, nobody waits for the digest any more. */
export const abandoned = -1n
