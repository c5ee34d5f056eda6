import type { PartPlan } from '@slipway/core'
import type { SlipwayError } from '../errors/slipway-error.ts'
import type { Image } from '../image.ts'
import type { TransferSnapshot } from '../transfer/transfer-snapshot.ts'

/** What an upload tells while it runs. */
export type UploadEvent =
  /**
   * The image exists. `plan`: undefined for a stream whose end is not in sight. `isResumed`: the server may hold parts of
   * an earlier attempt.
   */
  | {
      readonly type: 'planned'
      readonly image: Image
      readonly plan: PartPlan | undefined
      readonly isResumed: boolean
    }
  | { readonly type: 'part_started'; readonly partNumber: number; readonly attempt: number }
  /** The server holds the part. `isReused`: since before; its bytes were proven to be those of the file. */
  | {
      readonly type: 'part_confirmed'
      readonly partNumber: number
      readonly sizeBytes: number
      readonly isReused: boolean
    }
  | {
      readonly type: 'part_retried'
      readonly partNumber: number
      /** The attempt that failed, from 1. */
      readonly attempt: number
      /** The pause before the next one, in milliseconds. */
      readonly delayMs: number
      readonly error: SlipwayError
    }
  /** At most ten a second, and one at the end. */
  | { readonly type: 'progress'; readonly progress: TransferSnapshot }
  | { readonly type: 'completing'; readonly sha256: string }
  | { readonly type: 'completed'; readonly image: Image }
  /** Something that the user should know and that did not stop the upload. */
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
