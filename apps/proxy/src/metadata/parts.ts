import type { Connection, PartRow } from './schema.ts'

/** Puts the part in place of any earlier one. @returns the part that it replaced */
export async function upsertPart(
  db: Connection,
  part: PartRow,
): Promise<Pick<PartRow, 'blob_key' | 'size_bytes'> | undefined> {
  const replaced = await db
    .selectFrom('parts')
    .select(['blob_key', 'size_bytes'])
    .where('image_id', '=', part.image_id)
    .where('part_number', '=', part.part_number)
    .executeTakeFirst()
  const { image_id: _, part_number: __, ...columns } = part
  await db
    .insertInto('parts')
    .values(part)
    .onConflict((conflict) => conflict.columns(['image_id', 'part_number']).doUpdateSet(columns))
    .execute()
  return replaced
}

/** 0 when there is no such part. */
export async function partSizeOf(
  db: Connection,
  { imageId, partNumber }: { imageId: string; partNumber: number },
): Promise<number> {
  const row = await db
    .selectFrom('parts')
    .select('size_bytes')
    .where('image_id', '=', imageId)
    .where('part_number', '=', partNumber)
    .executeTakeFirst()
  return row?.size_bytes ?? 0
}

export async function partBlobKeyOf(
  db: Connection,
  { imageId, partNumber }: { imageId: string; partNumber: number },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('parts')
    .select('blob_key')
    .where('image_id', '=', imageId)
    .where('part_number', '=', partNumber)
    .executeTakeFirst()
  return row?.blob_key
}

/** All parts of an image in order of part number. */
export async function listManifest(db: Connection, imageId: string): Promise<PartRow[]> {
  return await db.selectFrom('parts').selectAll().where('image_id', '=', imageId).orderBy('part_number').execute()
}

export async function listPartPage(
  db: Connection,
  { imageId, afterPartNumber, limit }: { imageId: string; afterPartNumber: number; limit: number },
): Promise<{ parts: PartRow[]; hasMore: boolean }> {
  const rows = await db
    .selectFrom('parts')
    .selectAll()
    .where('image_id', '=', imageId)
    .where('part_number', '>', afterPartNumber)
    .orderBy('part_number')
    .limit(limit + 1)
    .execute()
  return { parts: rows.slice(0, limit), hasMore: rows.length > limit }
}

/**
 * Marks that the image's parts are about to change, if they still may: the same row that a completion compares and sets.
 * @returns false when the image is no longer uploadable
 */
export async function claimManifestChange(
  db: Connection,
  { imageId, nowMs }: { imageId: string; nowMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('images')
    .set((where) => ({ manifest_revision: where('manifest_revision', '+', 1), last_part_at_ms: nowMs }))
    .where('id', '=', imageId)
    .where('upload_status', 'in', ['started', 'uploading'])
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Tells the digest of a part that is still the one whose bytes were hashed. */
export async function recordPartDigest(
  db: Connection,
  { imageId, partNumber, blobKey, sha256 }: { imageId: string; partNumber: number; blobKey: string; sha256: string },
): Promise<void> {
  await db
    .updateTable('parts')
    .set({ sha256 })
    .where('image_id', '=', imageId)
    .where('part_number', '=', partNumber)
    .where('blob_key', '=', blobKey)
    .execute()
}

/** Takes some of an image's part records away. @returns what they were: to one caller only, should two try at once */
export async function takeParts(
  db: Connection,
  { imageId, limit }: { imageId: string; limit: number },
): Promise<PartRow[]> {
  return await db
    .deleteFrom('parts')
    .where('image_id', '=', imageId)
    .where('part_number', 'in', (from) =>
      from
        .selectFrom('parts')
        .select('part_number')
        .where('image_id', '=', imageId)
        .orderBy('part_number')
        .limit(limit),
    )
    .returningAll()
    .execute()
}
