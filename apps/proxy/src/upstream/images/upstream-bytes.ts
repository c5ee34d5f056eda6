import type { Caller } from '../../auth/authenticate.ts'
import type { Page, Part } from '../../images/service.ts'
import type { PresignedUrl } from '../../signing/byte-urls.ts'

/** How bytes reach the upstream: `direct` leaves them to its own URLs, `relay` passes them through this server. */
export interface UpstreamBytes {
  issuePartUrl(request: {
    readonly caller: Caller
    readonly imageId: string
    readonly partNumber: number
    readonly lengthBytes: number | undefined
    readonly origin: string
  }): Promise<PresignedUrl>
  listParts(request: {
    readonly imageId: string
    readonly limit: number
    readonly startingAfter: string | undefined
  }): Promise<Page<Part>>
  /**
   * Runs the upstream's completion, after verifying the digest where that is possible.
   * @throws {ApiError} digest_mismatch, and what `complete` throws
   */
  completing<Result>(
    request: { readonly imageId: string; readonly sha256: string },
    complete: () => Promise<Result>,
  ): Promise<Result>
  issueDownload(request: {
    readonly imageId: string
    readonly origin: string
  }): Promise<PresignedUrl & { readonly sha256: string | null; readonly sizeBytes: number }>
  /** Those of the images whose digest this server itself has verified. */
  verifiedAmong(imageIds: readonly string[]): Promise<ReadonlySet<string>>
  /** The image's state was changed through this server. */
  changed(imageId: string): void
  /** The image is deleted: nothing of it need be kept. */
  removed(imageId: string): Promise<void>
}
