import type { RequestOptions } from '../call-options.ts'
import { ApiError } from '../errors/api-error.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'

export interface CompleteImageOptions extends RequestOptions {
  /** The digest of the whole image: 64 lower-case hexadecimal digits. */
  readonly sha256: string
}

/**
 * A server that has not hashed the parts as they came reads all of them before it answers: 128 GiB at 250 MB/s take nine
 * minutes. A proxy between that gives up earlier does no harm, since completing is repeated.
 */
const timeoutMs = 15 * 60_000
/** Rounds of all the attempts that one call makes; each attempt waits for the better part of a minute. */
const maxPendingRounds = 50

/** Completes the multipart upload. Repeating it with the same digest is a success. */
export async function completeImage(
  transport: Transport,
  id: string,
  { sha256, signal }: CompleteImageOptions,
): Promise<Image> {
  for (let round = 1; ; round++) {
    try {
      const options = { params: { id }, body: { sha256 }, signal, timeoutMs }
      return imageFromWire(await callOperation(transport, 'completeImage', options))
    } catch (error) {
      // Not a failure: the server is at it, and says so before a proxy between gives up.
      const isPending = error instanceof ApiError && error.code === 'verification_pending'
      if (!isPending || round >= maxPendingRounds) throw error
    }
  }
}
