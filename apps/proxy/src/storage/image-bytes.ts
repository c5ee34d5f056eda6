import type { StoredImage } from '../metadata/images.ts'
import type { PresignedUrl } from '../signing/byte-urls.ts'

/** A part as a client sees it. */
export interface HeldPart {
  readonly partNumber: number
  readonly sizeBytes: number
  /** Null where only the part's size is known. */
  readonly sha256: string | null
  readonly etag: string
}

/** In order of part number. */
export interface HeldPartPage {
  readonly parts: readonly HeldPart[]
  readonly hasMore: boolean
}

/** What the server may announce of its storage. */
export interface StorageAbilities {
  /** The part list carries digests. */
  readonly hasPartDigests: boolean
  /** A wrong digest never answers a completion with success. */
  readonly verifiesBeforeCompletion: boolean
}

/** The parts of an upload as one image. */
export interface AssembledImage {
  readonly sizeBytes: number
  readonly isSha256Verified: boolean
  /** Bytes that count against the account's quota from now on, and did not before. */
  readonly addedBytes: number
}

/**
 * The bytes behind the image service: where parts go, what is there, and how an image is read. Implementations keep no state
 * of an image's life cycle; they are told the row.
 */
export interface ImageBytes {
  readonly abilities: StorageAbilities
  /**
   * Prepares for an image before its row exists. Left out where nothing needs preparation.
   * @returns the upload's id, which the row keeps
   */
  begin?(imageId: string): Promise<string>
  /** Undoes `begin` for an image that was not recorded. Never fails: what stays is swept later. */
  discard?(imageId: string, uploadId: string): Promise<void>
  /** @throws {ApiError} */
  issuePartUrl(row: StoredImage, options: PartUrlOptions): Promise<PresignedUrl>
  listParts(row: StoredImage, options: { afterPartNumber: number; limit: number }): Promise<HeldPartPage>
  /**
   * Makes one image of an upload's parts. Repeating it is safe, after a crash at any point as well: it then finds what the
   * first time made.
   * @returns `'changed'` when the parts changed meanwhile: read the row again
   * @throws {ApiError} when the parts make no image, or not the declared one; nothing is lost then
   */
  assemble(row: StoredImage, declaredSha256: string): Promise<AssembledImage | 'changed'>
  /** Called once a completion is recorded, and when one is repeated. Never fails, never waits. */
  completed(row: StoredImage): void
  issueDownload(row: StoredImage, options: { origin: string }): Promise<PresignedUrl>
  /** The image takes no more parts: what is remembered for them can go. */
  forget(imageId: string): void
}

export interface PartUrlOptions {
  readonly partNumber: number
  /** The URL takes exactly so many bytes. */
  readonly lengthBytes: number | undefined
  /** Scheme and host by which the client reaches this server. */
  readonly origin: string
}
