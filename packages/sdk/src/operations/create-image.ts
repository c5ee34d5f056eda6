import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'

export interface CreateImageOptions extends RequestOptions {
  /** A workspace id or resource path. */
  readonly workspace: string
  /** Default: the server makes one up. */
  readonly name?: string | undefined
}

/** Creates an image and starts its multipart upload. Not repeated when its answer is lost: it may have taken effect. */
export async function createImage(
  transport: Transport,
  { workspace, name, signal }: CreateImageOptions,
): Promise<Image> {
  return imageFromWire(await callOperation(transport, 'createImage', { body: { workspace, name }, signal }))
}
