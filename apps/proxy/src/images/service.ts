import type { ImageEvent, ImageRef, UploadStatus, WorkspaceRef } from '@slipway/core'
import type { Caller } from '../auth/authenticate.ts'
import type { PresignedUrl } from '../signing/byte-urls.ts'

/** An image as routes see it. */
export interface Image {
  readonly id: string
  readonly account: string
  readonly workspaceId: string
  readonly workspaceName: string
  readonly name: string
  readonly uploadStatus: UploadStatus
  readonly sha256: string | null
  readonly isSha256Verified: boolean
  /** Why it failed, where that is known. */
  readonly failureReason: string | null
  readonly isPublic: boolean
  readonly isDefault: boolean
  readonly createdAt: Date
  readonly deletedAt: Date | null
  /** Who provides a public image, where another server says so. */
  readonly provider?: string | null
}

export interface Part {
  readonly partNumber: number
  readonly sizeBytes: number
  readonly sha256: string | null
  readonly etag: string
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly hasMore: boolean
  /** Where the page ends, for the next request; null on an empty page. */
  readonly cursor: string | null
}

/** `'public'` stands for the public images of every account. */
export type ListScope = WorkspaceRef | 'public'

export interface ImageRequest {
  readonly caller: Caller
  readonly ref: ImageRef
}

/** The events by which a request changes an image's state. */
export type RequestedEvent = Extract<
  ImageEvent,
  { type: 'revoked' | 'reinstated' | 'published' | 'made_default' | 'deleted' }
>

/** All that the image routes can ask for. Every method throws `ApiError` for what the API documents as a refusal. */
export interface ImagesService {
  create(request: {
    readonly caller: Caller
    readonly workspace: WorkspaceRef
    /** Undefined: the server makes one up. */
    readonly name: string | undefined
    /** Repeating a creation under the same key answers what the first one did. */
    readonly idempotencyKey: string | undefined
  }): Promise<Image>
  list(request: {
    readonly caller: Caller
    readonly scope: ListScope | undefined
    readonly refs: readonly ImageRef[] | undefined
    readonly includeDeleted: boolean
    readonly limit: number
    readonly startingAfter: string | undefined
    readonly endingBefore: string | undefined
  }): Promise<Page<Image>>
  get(request: ImageRequest): Promise<Image>
  /** @param request.origin scheme and host by which the client reaches this server */
  issuePartUrl(
    request: ImageRequest & {
      readonly partNumber: number
      /** The URL takes exactly so many bytes. */
      readonly lengthBytes: number | undefined
      readonly origin: string
    },
  ): Promise<PresignedUrl>
  listParts(
    request: ImageRequest & { readonly limit: number; readonly startingAfter: string | undefined },
  ): Promise<Page<Part>>
  complete(request: ImageRequest & { readonly sha256: string }): Promise<Image>
  issueDownload(
    request: ImageRequest & { readonly origin: string },
  ): Promise<PresignedUrl & { readonly sha256: string | null; readonly sizeBytes: number }>
  change(request: ImageRequest & { readonly event: RequestedEvent }): Promise<Image>
}
