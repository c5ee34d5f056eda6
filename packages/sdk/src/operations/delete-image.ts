import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'

/** Deletes an image softly: its name is free again, its bytes are purged later. */
export async function deleteImage(transport: Transport, id: string, { signal }: RequestOptions = {}): Promise<void> {
  await callOperation(transport, 'deleteImage', { params: { id }, signal })
}
