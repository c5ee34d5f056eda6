import type { ByteSource } from './byte-source.ts'

/** A part's bytes as a driver stored them: immutable and durable. */
export interface StoredPart {
  /** The driver's own name for the bytes; opaque to everybody else. */
  readonly blobKey: string
  readonly sizeBytes: number
}

export interface WritePartOptions {
  readonly imageId: string
  readonly partNumber: number
  readonly source: ByteSource
  /** More than this many bytes fail the write. */
  readonly maxSizeBytes: number
  /** Told now and then, while no earlier part of the image is arriving. */
  readonly onProgress?: (progress: WriteProgress) => void
}

export interface WriteProgress {
  /** What the bytes will be called. */
  readonly blobKey: string
  /** What they are called now. */
  readonly temporaryKey: string
  readonly writtenBytes: number
}

export interface OpenBlob {
  /** Reads up to `buffer.length` bytes from `position` on. @returns how many; 0 only at the end */
  read(buffer: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

/** Where bytes are. A part is written once and never changes; which parts make an image is the metadata's knowledge. */
export interface BlobStore {
  /** Resolves only when the bytes are durable; a failed write leaves nothing that a restart does not remove. */
  writePart(options: WritePartOptions): Promise<StoredPart>
  open(blobKey: string): Promise<OpenBlob>
  /** Removing what is not there is a success. */
  remove(blobKey: string): Promise<void>
  /** Removes what is left of an image without blobs. One that has some keeps everything. */
  removeEmptyImage(imageId: string): Promise<void>
  /** Room for more, in bytes. */
  freeBytes(): Promise<number>
  /** Removes what a crash left behind: unfinished writes, and blobs that `isReferenced` disowns. Only before serving. */
  sweep(options: SweepOptions): Promise<SweepResult>
  /** Fails when nothing can be written. */
  assertWritable(): Promise<void>
}

export interface SweepOptions {
  /** The blob keys that the metadata names for an image. */
  readonly blobKeysOf: (imageId: string) => Promise<ReadonlySet<string>>
}

export interface SweepResult {
  readonly removedCount: number
}
