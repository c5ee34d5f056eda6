import { type StoredImage, selectImages } from './images.ts'
import type { Connection } from './schema.ts'

/** Notes that the store is about to be asked to assemble the image, and with which digest. */
export async function markCompletionBegun(
  db: Connection,
  { id, sha256, nowMs }: { id: string; sha256: string; nowMs: number },
): Promise<void> {
  await db.updateTable('images').set({ begun_sha256: sha256, begun_at_ms: nowMs }).where('id', '=', id).execute()
}

/** Uploads whose completion began and was not recorded: underway somewhere, refused, or cut off by a crash. */
export async function listBegunCompletions(db: Connection, { limit }: { limit: number }): Promise<StoredImage[]> {
  return await selectImages(db)
    .where('images.upload_status', '=', 'uploading')
    .where('images.begun_sha256', 'is not', null)
    .where('images.deleted_at_ms', 'is', null)
    .orderBy('images.begun_at_ms')
    .limit(limit)
    .execute()
}

/** Nothing came of it; a completion that began anew meanwhile stays noted. */
export async function forgetBegunCompletion(
  db: Connection,
  { id, begun_at_ms }: Pick<StoredImage, 'id' | 'begun_at_ms'>,
): Promise<void> {
  await db
    .updateTable('images')
    .set({ begun_sha256: null, begun_at_ms: null })
    .where('id', '=', id)
    .where('begun_at_ms', '=', begun_at_ms)
    .execute()
}
