import type { UploadStatus } from '@slipway/core'
import { sql } from 'kysely'
import { type StoredImage, selectImages } from './images.ts'
import type { Connection } from './schema.ts'

/** In the statement as such: a partial index answers only for the very condition that it was made with. */
const literal = (status: UploadStatus) => sql.lit(status)

interface DueOptions {
  readonly beforeMs: number
  readonly limit: number
}

/** Uploads whose parts have not changed for too long. */
export async function listAbandonedUploads(db: Connection, { beforeMs, limit }: DueOptions): Promise<StoredImage[]> {
  return await selectImages(db)
    .where('images.upload_status', 'in', [literal('started'), literal('uploading')])
    .where('images.deleted_at_ms', 'is', null)
    .where((where) => where(where.fn.coalesce('images.last_part_at_ms', 'images.created_at_ms'), '<', beforeMs))
    .orderBy('images.created_at_ms')
    .limit(limit)
    .execute()
}

/** Deleted and failed images whose bytes are still there after their grace. */
export async function listPurgeableImages(db: Connection, { beforeMs, limit }: DueOptions): Promise<StoredImage[]> {
  return await selectImages(db)
    .where('images.purged_at_ms', 'is', null)
    .where((where) =>
      where.or([where('images.deleted_at_ms', 'is not', null), where('images.upload_status', '=', literal('failed'))]),
    )
    .where((where) =>
      where.or([
        where('images.deleted_at_ms', '<', beforeMs),
        where.and([
          where('images.upload_status', '=', 'failed'),
          where(where.fn.coalesce('images.failed_at_ms', 'images.created_at_ms'), '<', beforeMs),
        ]),
      ]),
    )
    .orderBy('images.created_at_ms')
    .limit(limit)
    .execute()
}

/** @returns false while the image has parts, which somebody else may be taking away at this moment */
export async function markPurged(db: Connection, { id, nowMs }: { id: string; nowMs: number }): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('images')
    .set({ purged_at_ms: nowMs })
    .where('id', '=', id)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('parts').select('parts.image_id').whereRef('parts.image_id', '=', 'images.id'))),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** @returns false when it was marked already: one of many who ask at once is told true */
export async function claimPurged(db: Connection, { id, nowMs }: { id: string; nowMs: number }): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('images')
    .set({ purged_at_ms: nowMs })
    .where('id', '=', id)
    .where('purged_at_ms', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
