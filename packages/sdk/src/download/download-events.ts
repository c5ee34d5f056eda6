import type { SlipwayError } from '../errors/slipway-error.ts'
import type { TransferSnapshot } from '../transfer/transfer-snapshot.ts'

/** What a download tells while it runs. */
export type DownloadEvent =
  /** `reusedBytes`: what an earlier run has left; its digest is checked with the rest. */
  | {
      readonly type: 'planned'
      readonly sizeBytes: number
      readonly sha256: string | null
      readonly reusedBytes: number
    }
  | {
      readonly type: 'retried'
      /** The attempt that failed, from 1. */
      readonly attempt: number
      /** The pause before the next one, in milliseconds. */
      readonly delayMs: number
      readonly error: SlipwayError
    }
  /** At most ten a second, and one at the end. */
  | { readonly type: 'progress'; readonly progress: TransferSnapshot }
  /** All bytes are here, the rest of them is being hashed. */
  | { readonly type: 'verifying' }
  | { readonly type: 'completed' }
  /** Something that the user should know and that did not stop the download. */
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
