import type { Readable } from 'node:stream'
import type { PresignedUrl } from '../../signing/byte-urls.ts'

export interface UploadedPart {
  readonly partNumber: number
  readonly sizeBytes: number
  /** With its quotes. */
  readonly etag: string
}

export interface UploadKey {
  readonly key: string
  readonly uploadId: string
}

export interface FoundUpload extends UploadKey {
  readonly initiatedAtMs: number
}

export interface FoundObject {
  readonly key: string
  readonly sizeBytes: number
  readonly modifiedAtMs: number
}

export interface PutPartOptions {
  readonly partNumber: number
  readonly lengthBytes: number
  /** Base64. */
  readonly md5: string
  readonly body: Readable
}

/** What is needed of an S3-compatible store. Every method throws `StoreError`. */
export interface ObjectStore {
  createUpload(key: string): Promise<string>
  /** Aborting what is not there is a success. */
  abortUpload(upload: UploadKey): Promise<void>
  /** In order of part number. */
  listParts(
    upload: UploadKey,
    options: { afterPartNumber: number; limit: number },
  ): Promise<{ parts: readonly UploadedPart[]; hasMore: boolean }>
  /** Sends a part from this server, under a checksum by which the store refuses what was changed on the way. */
  putPart(upload: UploadKey, part: PutPartOptions): Promise<void>
  completeUpload(upload: UploadKey, parts: readonly UploadedPart[]): Promise<void>
  /** @returns the object's size in bytes, or undefined when there is none */
  sizeOf(key: string): Promise<number | undefined>
  /** Removing what is not there is a success. */
  remove(key: string): Promise<void>
  /** Stores a small object whole. */
  put(key: string, bytes: Uint8Array): Promise<void>
  /** The bytes from `start` on. The signal ends it, whatever it waits for. */
  read(key: string, options?: { start?: number; signal?: AbortSignal }): Promise<AsyncIterable<Uint8Array>>
  listUploads(prefix: string): AsyncGenerator<FoundUpload>
  listKeys(prefix: string): AsyncGenerator<string>
  listObjects(prefix: string): AsyncGenerator<FoundObject>
  presignPart(
    upload: UploadKey,
    options: { partNumber: number; lengthBytes: number | undefined },
  ): Promise<PresignedUrl>
  presignDownload(key: string, options: { fileName: string }): Promise<PresignedUrl>
  /** For this server's own reading, by the endpoint that it uses itself. */
  presignRead(key: string): Promise<PresignedUrl>
  /** Fails when the bucket cannot be used. */
  check(): Promise<void>
  close(): void
}
