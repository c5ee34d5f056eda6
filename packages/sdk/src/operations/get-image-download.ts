import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import type { PresignedUrl } from './create-part-url.ts'

export interface ImageDownload extends PresignedUrl {
  /** Null where the server does not know the digest. */
  readonly sha256: string | null
  readonly sizeBytes: number
}

/** Gets the URL of a completed image's bytes. */
export async function getImageDownload(
  transport: Transport,
  id: string,
  { signal }: RequestOptions = {},
): Promise<ImageDownload> {
  const wire = await callOperation(transport, 'getImageDownload', { params: { id }, signal })
  return { url: wire.url, expiresAt: new Date(wire.expires_at * 1000), sha256: wire.sha256, sizeBytes: wire.size }
}
