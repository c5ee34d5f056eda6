import type { RequestOptions } from '../call-options.ts'
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

/** Completes the multipart upload. Repeating it with the same digest is a success. */
export async function completeImage(
  transport: Transport,
  id: string,
  { sha256, signal }: CompleteImageOptions,
): Promise<Image> {
  return imageFromWire(
    await callOperation(transport, 'completeImage', { params: { id }, body: { sha256 }, signal, timeoutMs }),
  )
}
