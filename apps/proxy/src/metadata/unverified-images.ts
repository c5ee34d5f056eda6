import { type StoredImage, selectImages } from './images.ts'
import type { Connection } from './schema.ts'

interface UnverifiedPage {
  /** The last one of the page before. */
  readonly after: StoredImage | undefined
  readonly limit: number
}

/** Completed images whose bytes nobody has hashed yet, the longest waiting first. */
export async function listUnverifiedImages(db: Connection, { after, limit }: UnverifiedPage): Promise<StoredImage[]> {
  let query = selectImages(db)
  if (after) {
    query = query.where((where) =>
      where.or([
        where('images.completed_at_ms', '>', after.completed_at_ms),
        where.and([where('images.completed_at_ms', '=', after.completed_at_ms), where('images.id', '>', after.id)]),
      ]),
    )
  }
  return await query
    .where('images.upload_status', '=', 'completed')
    .where('images.is_sha256_verified', '=', 0)
    .where('images.deleted_at_ms', 'is', null)
    .orderBy('images.completed_at_ms')
    .orderBy('images.id')
    .limit(limit)
    .execute()
}

export async function countUnverifiedImages(db: Connection): Promise<number> {
  const row = await db
    .selectFrom('images')
    .select((where) => where.fn.countAll<number>().as('count'))
    .where('upload_status', '=', 'completed')
    .where('is_sha256_verified', '=', 0)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

/** Records that the bytes have the declared digest. */
export async function markVerified(db: Connection, { id, sha256 }: { id: string; sha256: string }): Promise<void> {
  await db
    .updateTable('images')
    .set({ is_sha256_verified: 1 })
    .where('id', '=', id)
    .where('sha256', '=', sha256)
    .where('upload_status', 'in', ['completed', 'revoked'])
    .execute()
}
