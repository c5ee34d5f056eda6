import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'

/** Makes a public image the default one. Needs an admin's token. */
export async function setDefaultImage(
  transport: Transport,
  id: string,
  { signal }: RequestOptions = {},
): Promise<Image> {
  return imageFromWire(await callOperation(transport, 'setDefaultImage', { params: { id }, signal }))
}
