import type { ImageCursor } from '@slipway/core'
import { sql } from 'kysely'
import { type StoredImage, selectImages } from './images.ts'
import type { Database } from './schema.ts'

export interface ImagePageOptions {
  /** Undefined: of every account, which only the public list asks for. */
  readonly account?: string | undefined
  readonly workspaceId?: string | undefined
  readonly isPublicOnly?: boolean
  readonly includeDeleted: boolean
  readonly ids?: readonly string[] | undefined
  readonly limit: number
  readonly startingAfter?: ImageCursor | undefined
  readonly endingBefore?: ImageCursor | undefined
}

export interface ImagePage {
  readonly images: readonly StoredImage[]
  readonly hasMore: boolean
}

/** One page, newest first, by keyset: rows that come and go elsewhere neither repeat nor hide any. */
export async function listImagePage(db: Database, options: ImagePageOptions): Promise<ImagePage> {
  const { account, workspaceId, ids, startingAfter, endingBefore } = options
  let query = selectImages(db)
  if (account !== undefined) query = query.where('images.account', '=', account)
  if (workspaceId !== undefined) query = query.where('images.workspace_id', '=', workspaceId)
  if (options.isPublicOnly) query = query.where('images.is_public', '=', sql.lit(1))
  if (!options.includeDeleted) query = query.where('images.deleted_at_ms', 'is', null)
  if (ids !== undefined) query = query.where('images.id', 'in', ids)

  const isBackwards = endingBefore !== undefined
  const edge = endingBefore ?? startingAfter
  if (edge) {
    const side = isBackwards ? '>' : '<'
    // As a pair, which an index answers from the edge on, however far down the list that is.
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('images.created_at_ms', 'images.id'), side, tuple(edge.createdAtMs, edge.id)),
    )
  }
  const order = isBackwards ? 'asc' : 'desc'
  const rows = await query
    .orderBy('images.created_at_ms', order)
    .orderBy('images.id', order)
    // One more than asked for tells whether there are more.
    .limit(options.limit + 1)
    .execute()
  const images = rows.slice(0, options.limit)
  return { images: isBackwards ? images.reverse() : images, hasMore: rows.length > options.limit }
}
