import type { CursorCodec, RandomBytes } from '@slipway/core'
import type { DigestService } from '../digests/digest-service.ts'
import type { PartDigests } from '../digests/part-digests.ts'
import type { Database } from '../metadata/schema.ts'
import type { ByteUrls } from '../signing/byte-urls.ts'

/** What the operations of the local service work with. */
export interface LocalContext {
  readonly db: Database
  readonly digests: DigestService
  readonly partDigests: PartDigests
  readonly byteUrls: ByteUrls
  readonly cursors: CursorCodec
  readonly now: () => number
  readonly random: RandomBytes
}
