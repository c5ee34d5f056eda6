import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'

export interface CreateImageOptions extends RequestOptions {
  /** A workspace id or resource path. */
  readonly workspace: string
  /** Default: the server makes one up. */
  readonly name?: string | undefined
  /**
   * 1 to 255 visible ASCII characters, such as a UUID. A server that heeds it (`getCapabilities` tells)
   * answers the same creation under the same key with the same image (Slipway's own for a day), and another creation under
   * it with a conflict. Others ignore it. Default: none.
   */
  readonly idempotencyKey?: string | undefined
}

/**
 * Creates an image and starts its multipart upload. Not repeated when its answer is lost: it may have taken effect. With an
 * `idempotencyKey` the caller can do that.
 */
export async function createImage(
  transport: Transport,
  { workspace, name, idempotencyKey, signal }: CreateImageOptions,
): Promise<Image> {
  const headers = idempotencyKey === undefined ? undefined : { 'idempotency-key': idempotencyKey }
  return imageFromWire(await callOperation(transport, 'createImage', { body: { workspace, name }, headers, signal }))
}
