import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'

/** Gets one image by id, resource path or name. */
export async function getImage(transport: Transport, id: string, { signal }: RequestOptions = {}): Promise<Image> {
  return imageFromWire(await callOperation(transport, 'getImage', { params: { id }, signal }))
}
