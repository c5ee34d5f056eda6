import type { CursorCodec, RandomBytes } from '@slipway/core'
import type { Database } from '../metadata/schema.ts'
import type { ImageBytes } from '../storage/image-bytes.ts'

/** What the operations of the local service work with. */
export interface LocalContext {
  readonly db: Database
  readonly bytes: ImageBytes
  readonly cursors: CursorCodec
  readonly now: () => number
  readonly random: RandomBytes
  /** The most bytes that an account may hold. */
  readonly quotaBytes: number | undefined
}
