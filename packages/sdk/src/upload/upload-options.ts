import type { RequestOptions } from '../call-options.ts'
import type { Image } from '../image.ts'
import type { UploadInput } from '../source/open-source.ts'
import type { UploadEvent } from './upload-events.ts'

export interface UploadImageOptions extends RequestOptions {
  /**
   * The bytes, 1 byte to 128 GiB. A path or a `FileHandle` of a regular file, which must not change meanwhile (a handle
   * stays open); or a `Blob`, a `Readable`, a web stream or another async iterable of bytes, which is read once and
   * spooled on disk part by part until the server has it: as many parts as are sent at once, at most.
   */
  readonly source: UploadInput
  /** Default: one is made up, such as `brisk-harbor-k3r9vm`. */
  readonly name?: string | undefined
  /** A workspace id or resource path. Default: the `default` workspace of the token's account. */
  readonly workspace?: string | undefined
  /**
   * Parts sent at once, 1 to 16; each costs a connection and 2 MiB of memory. Default: adaptive, from 4, by what link and
   * server bear.
   */
  readonly concurrency?: number | undefined
  /** Bytes a part, 5 MiB to 5 GiB: what a failed attempt has to send again. Default: 16 MiB, 32 from 32 GiB on, then 64. */
  readonly partSizeBytes?: number | undefined
  /** An attempt at a part is given up when nothing moves for this long, in milliseconds. Default: 30 000. */
  readonly stallTimeoutMs?: number | undefined
  /** Attempts at one part without any part being confirmed meanwhile. Default: 8, which is about a minute of pauses. */
  readonly maxAttempts?: number | undefined
  /**
   * Whether to go on with an unfinished upload to the same name (or, with a journal, of the same file). What the server
   * holds is kept only where it is proven to be the file's bytes. Default: true; with false, a taken name is a conflict.
   */
  readonly resume?: boolean | undefined
  /**
   * A folder for resume records of a few KiB each, removed on completion: they make an upload without a name, or to a
   * server that does not list its parts, resumable. A stream has none. Default: none are written.
   */
  readonly journalDirectory?: string | undefined
  /**
   * Where a stream's or a blob's parts are spooled, in one unnamed temporary file of at most `concurrency` ×
   * `partSizeBytes`. Default: the system's folder for temporary files.
   */
  readonly spoolDirectory?: string | undefined
  readonly onEvent?: ((event: UploadEvent) => void) | undefined
}

export interface UploadResult {
  readonly image: Image
  readonly sizeBytes: number
  readonly sha256: string
  readonly partCount: number
  readonly durationMs: number
  readonly retryCount: number
  /** Bytes that the server held since before. */
  readonly reusedBytes: number
  /** Bytes put on the wire, those of failed attempts included. */
  readonly sentBytes: number
}
