import type { Api } from '../http/api.ts'
import type { Bytes } from '../http/bytes.ts'
import type { CompletedImage, Images } from './images.ts'
import type { ServerFacts } from './server-facts.ts'

/** What a case works with. */
export interface CaseContext {
  readonly server: ServerFacts
  readonly baseUrl: string
  readonly api: Api
  /** Sends no token. */
  readonly anonymous: Api
  /** Another account's token; cases that use it need `second-token`. */
  readonly second: Api
  /** A token of the same account that may only read; cases that use it need `reader-token`. */
  readonly reader: Api
  apiWith(token: string): Api
  readonly bytes: Bytes
  /** Brings the token's own images into a state. */
  readonly images: Images
  readonly shared: SharedImages
  /** The name of something that cleaning up may delete. */
  uniqueName(): string
  /** Ends the case: its outcome would mean nothing here. The reason is reported. */
  skip(reason: string): never
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Images that several cases read, made at the first use. No case may change them. */
export interface SharedImages {
  /** A thousand bytes in one part. */
  small(): Promise<CompletedImage>
  /** Two parts, the first as small as one may be: 5 MiB and 1000 bytes. */
  large(): Promise<CompletedImage>
}
