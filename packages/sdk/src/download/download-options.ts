import type { Writable } from 'node:stream'
import type { RequestOptions } from '../call-options.ts'
import type { DownloadEvent } from './download-events.ts'

interface DownloadOptions extends RequestOptions {
  /** The image's id, resource path or name. */
  readonly ref: string
  /**
   * Ranges fetched at once, 1 to 16; each costs a connection and 1 MiB of memory, 4 MiB into a stream. Default: adaptive, from 4, by what link
   * and server bear.
   */
  readonly concurrency?: number | undefined
  /** An attempt at a range is given up when nothing moves for this long, in milliseconds. Default: 30 000. */
  readonly stallTimeoutMs?: number | undefined
  /** Attempts at one range without any being finished meanwhile. Default: 8, which is about a minute of pauses. */
  readonly maxAttempts?: number | undefined
  readonly onEvent?: ((event: DownloadEvent) => void) | undefined
}

export interface DownloadImageOptions extends DownloadOptions {
  /** The path of the file to make. Until it is verified, the bytes are in `<destination>.part` beside it. */
  readonly destination: string
  /** Whether an existing destination may be replaced, once the download is verified. Default: false. */
  readonly overwrite?: boolean | undefined
  /**
   * Bytes a range, 5 MiB to 5 GiB: what a crash in the middle of one costs. A download is gone on with only with the same.
   * Default: 16 MiB, 32 from 32 GiB on, then 64.
   */
  readonly partSizeBytes?: number | undefined
}

export interface DownloadImageToOptions extends DownloadOptions {
  /** Where the bytes go, in order. It is not ended. Up to 32 MiB are read ahead, more with `concurrency` over 8. */
  readonly sink: Writable
}

export interface DownloadResult {
  readonly sizeBytes: number
  /** The digest of the bytes as they are in the file. */
  readonly sha256: string
  /** False only where the server knows no digest to verify against. */
  readonly isVerified: boolean
  readonly durationMs: number
  readonly retryCount: number
  /** Bytes that an earlier run had left. */
  readonly reusedBytes: number
}
