import type { OperationQuery } from '@slipway/core'
import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { type Image, imageFromWire } from '../image.ts'
import { createPagedList, type PagedList } from '../paged-list.ts'

export interface ListImagesOptions extends RequestOptions {
  /** A workspace id or resource path. Default: every workspace that the token sees. */
  readonly workspace?: string | undefined
  /** Only these images: ids, resource paths or names. */
  readonly ids?: readonly string[] | undefined
  /** Items a page, 1 to 200. Default: 50. Iteration goes on over all pages whatever it is. */
  readonly pageSize?: number | undefined
  /** Default: false. */
  readonly includeDeleted?: boolean | undefined
}

/** Lists images, newest first. Pages are asked for as iteration reaches them. */
export function listImages(transport: Transport, options: ListImagesOptions = {}): PagedList<Image> {
  const query: OperationQuery<'listImages'> = {
    workspace: options.workspace,
    id: options.ids ? [...options.ids] : undefined,
    ...(options.pageSize === undefined ? {} : { limit: options.pageSize }),
    ...(options.includeDeleted === undefined ? {} : { include_deleted: options.includeDeleted }),
  }
  return createPagedList(async (cursor) => {
    const page = await callOperation(transport, 'listImages', {
      query: { ...query, starting_after: cursor },
      signal: options.signal,
    })
    return { items: page.data.map(imageFromWire), hasMore: page.has_more, cursor: page.cursor }
  })
}
