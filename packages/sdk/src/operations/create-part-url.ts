import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'

export interface CreatePartUrlOptions extends RequestOptions {
  /** From 1 to 10 000. */
  readonly partNumber: number
}

/** A URL that carries its own authority until it expires: never log it. */
export interface PresignedUrl {
  readonly url: string
  readonly expiresAt: Date
}

/** Gets the URL to PUT one part's bytes to. */
export async function createPartUrl(
  transport: Transport,
  id: string,
  { partNumber, signal }: CreatePartUrlOptions,
): Promise<PresignedUrl> {
  const wire = await callOperation(transport, 'createPartUrl', {
    params: { id },
    body: { part_id: partNumber },
    signal,
  })
  return { url: wire.url, expiresAt: new Date(wire.expires_at * 1000) }
}
