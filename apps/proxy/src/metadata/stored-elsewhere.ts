import type { Connection } from './schema.ts'

/** True when an image has its bytes, or its upload, in an object store. */
export async function hasObjects(db: Connection): Promise<boolean> {
  const row = await db
    .selectFrom('images')
    .select('id')
    .where('upload_id', 'is not', null)
    .where('purged_at_ms', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** True when an image has parts in files. */
export async function hasPartFiles(db: Connection): Promise<boolean> {
  return (await db.selectFrom('parts').select('image_id').limit(1).executeTakeFirst()) !== undefined
}
