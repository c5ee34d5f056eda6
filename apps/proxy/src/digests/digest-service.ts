/** A part as the digest needs it: which bytes, and how many. */
export interface DigestPart {
  readonly partNumber: number
  readonly blobKey: string
  readonly sizeBytes: number
}

/** A part whose bytes are still coming. */
export interface ArrivingPart {
  readonly partNumber: number
  /** What it will be called when it has landed. */
  readonly blobKey: string
  /** Where its bytes are until then. */
  readonly temporaryKey: string
  /** So many of them are there, and will not change. */
  readonly writtenBytes: number
}

/** Computes the SHA-256 of whole images, ahead of time where it can. */
export interface DigestService {
  /** Tells that a part is durable, so that hashing may follow the parts as they land. Never fails, never waits. */
  partCommitted(imageId: string, part: DigestPart): void
  /** Tells of the lowest part that is arriving, so that its bytes are hashed while the others come. Never fails, never waits. */
  partArriving(imageId: string, part: ArrivingPart): void
  /** Tells that a part which was arriving will not land. */
  partAbandoned(imageId: string, blobKey: string): void
  /**
   * The digest of exactly these parts, in this order.
   * @throws {BlobGoneError} when a part's bytes were replaced meanwhile: read the manifest again
   */
  digestOf(imageId: string, manifest: readonly DigestPart[]): Promise<string>
  /**
   * The digest of one part, hashed while no image needs hashing.
   * @throws {BlobGoneError} when the part was replaced, or its image forgotten
   */
  digestOfPart(imageId: string, part: DigestPart): Promise<string>
  /** Bytes that landed in order and are not hashed yet. */
  lagBytes(): Promise<number>
  /** Drops what is remembered of an image that needs no digest any more. */
  forget(imageId: string): void
  close(): Promise<void>
}

/** A blob of the manifest is not there: the part was replaced after the manifest was read. */
export class BlobGoneError extends Error {
  override readonly name = 'BlobGoneError'
}
