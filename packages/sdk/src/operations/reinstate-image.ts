import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'

/** Reinstates a revoked image. */
export async function reinstateImage(
  transport: Transport,
  id: string,
  { signal }: RequestOptions = {},
): Promise<Image> {
  return imageFromWire(await callOperation(transport, 'reinstateImage', { params: { id }, signal }))
}
