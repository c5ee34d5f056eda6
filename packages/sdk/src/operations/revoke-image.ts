import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'

/** Revokes a completed image: it can no longer be downloaded or booted. */
export async function revokeImage(transport: Transport, id: string, { signal }: RequestOptions = {}): Promise<Image> {
  return imageFromWire(await callOperation(transport, 'revokeImage', { params: { id }, signal }))
}
