import type { Connection } from './schema.ts'

/** Notes that an upload is one object now, which nobody has hashed. It never changes any more. */
export async function markAssembled(
  db: Connection,
  { id, sizeBytes }: { id: string; sizeBytes: number },
): Promise<void> {
  await db
    .updateTable('images')
    .set({ size_bytes: sizeBytes })
    .where('id', '=', id)
    .where('upload_status', '=', 'uploading')
    .execute()
}

/** Records the digest of an assembled object, before anything is said about the one that was declared. */
export async function recordObjectDigest(
  db: Connection,
  { id, sha256 }: { id: string; sha256: string },
): Promise<void> {
  await db.updateTable('images').set({ object_sha256: sha256 }).where('id', '=', id).execute()
}
