import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'

/** Makes a completed image public. Needs an admin's token. */
export async function publishImage(transport: Transport, id: string, { signal }: RequestOptions = {}): Promise<Image> {
  return imageFromWire(await callOperation(transport, 'publishImage', { params: { id }, signal }))
}
