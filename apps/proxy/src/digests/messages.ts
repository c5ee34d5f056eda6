import type { ArrivingPart, DigestPart } from './digest-service.ts'

/** What the server's thread asks of the hashing thread. */
export type HashRequest =
  | { readonly type: 'part'; readonly imageId: string; readonly part: DigestPart }
  | { readonly type: 'arriving'; readonly imageId: string; readonly part: ArrivingPart }
  | { readonly type: 'abandoned'; readonly imageId: string; readonly blobKey: string }
  | {
      readonly type: 'digest'
      readonly requestId: number
      readonly imageId: string
      readonly manifest: readonly DigestPart[]
    }
  | { readonly type: 'part-digest'; readonly requestId: number; readonly imageId: string; readonly part: DigestPart }
  | { readonly type: 'lag'; readonly requestId: number }
  | { readonly type: 'forget'; readonly imageId: string }

export type HashReply =
  | { readonly requestId: number; readonly lagBytes: number }
  | { readonly requestId: number; readonly sha256: string }
  | { readonly requestId: number; readonly failure: 'gone' | 'unreadable'; readonly message: string }
