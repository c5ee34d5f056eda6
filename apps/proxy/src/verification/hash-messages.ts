/** To the hashing thread. The running hash stays there between the attempts of one job. */
export type ObjectHashRequest =
  | {
      readonly type: 'read'
      readonly jobId: number
      /** Presigned; never repeated in an answer. */
      readonly url: string
      readonly offsetBytes: number
      readonly sizeBytes: number
    }
  | { readonly type: 'drop'; readonly jobId: number }

export type ObjectHashReply =
  | { readonly jobId: number; readonly sha256: string }
  | {
      readonly jobId: number
      /** Bytes that are hashed: where to go on. */
      readonly offsetBytes: number
      readonly status: number | undefined
      readonly message: string
    }
