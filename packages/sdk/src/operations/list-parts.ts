import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { createPagedList, type PagedList } from '../paged-list.ts'

/** A part that the server holds. */
export interface Part {
  readonly partNumber: number
  readonly sizeBytes: number
  /** Opaque. */
  readonly etag: string
  /** The digest of the part's bytes, where the server knows it. */
  readonly sha256?: string
}

/** Lists the parts that the server holds, in order. Slipway's addition: other servers answer with a 404 or a 405. */
export function listParts(transport: Transport, id: string, { signal }: RequestOptions = {}): PagedList<Part> {
  return createPagedList(async (cursor) => {
    const page = await callOperation(transport, 'listParts', {
      params: { id },
      query: { starting_after: cursor },
      signal,
    })
    const items = page.data.map(({ part_id, size, etag, sha256 }) => ({
      partNumber: part_id,
      sizeBytes: size,
      etag,
      ...(sha256 === undefined ? {} : { sha256 }),
    }))
    return { items, hasMore: page.has_more, cursor: page.cursor }
  })
}
