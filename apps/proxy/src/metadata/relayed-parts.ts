import type { Connection, RelayedPartRow } from './schema.ts'

/** Puts the part in place of any earlier one. @returns the blob key that it replaced, if there was one */
export async function recordRelayedPart(
  db: Connection,
  { part, nowMs }: { part: RelayedPartRow; nowMs: number },
): Promise<string | undefined> {
  const { image_id, part_number, ...columns } = part
  const replaced = await db
    .selectFrom('relayed_parts')
    .select('blob_key')
    .where('image_id', '=', image_id)
    .where('part_number', '=', part_number)
    .executeTakeFirst()
  await db
    .insertInto('relayed_parts')
    .values(part)
    .onConflict((conflict) => conflict.columns(['image_id', 'part_number']).doUpdateSet(columns))
    .execute()
  await db
    .insertInto('relayed_images')
    .values({ image_id, max_size_bytes: null, is_sha256_verified: 0, last_part_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('image_id').doUpdateSet({ last_part_at_ms: nowMs }))
    .execute()
  return replaced?.blob_key ?? undefined
}

/** Tells the digest of a part that is still the one whose bytes were hashed. */
export async function recordRelayedDigest(db: Connection, part: RelayedPartRow): Promise<void> {
  await db
    .updateTable('relayed_parts')
    .set({ sha256: part.sha256 })
    .where('image_id', '=', part.image_id)
    .where('part_number', '=', part.part_number)
    .where('blob_key', '=', part.blob_key)
    .execute()
}

/** In order of part number. */
export async function listRelayedParts(db: Connection, imageId: string): Promise<RelayedPartRow[]> {
  return await db
    .selectFrom('relayed_parts')
    .selectAll()
    .where('image_id', '=', imageId)
    .orderBy('part_number')
    .execute()
}

export async function listRelayedPartPage(
  db: Connection,
  { imageId, afterPartNumber, limit }: { imageId: string; afterPartNumber: number; limit: number },
): Promise<{ parts: RelayedPartRow[]; hasMore: boolean }> {
  const rows = await db
    .selectFrom('relayed_parts')
    .selectAll()
    .where('image_id', '=', imageId)
    .where('part_number', '>', afterPartNumber)
    .orderBy('part_number')
    .limit(limit + 1)
    .execute()
  return { parts: rows.slice(0, limit), hasMore: rows.length > limit }
}

/** Sum of all parts but one, which is about to be sent (again). */
export async function relayedBytesBeside(
  db: Connection,
  { imageId, partNumber }: { imageId: string; partNumber: number },
): Promise<number> {
  const row = await db
    .selectFrom('relayed_parts')
    .select(({ fn }) => fn.sum<number | null>('size_bytes').as('bytes'))
    .where('image_id', '=', imageId)
    .where('part_number', '!=', partNumber)
    .executeTakeFirst()
  return Number(row?.bytes ?? 0)
}

/** What the token that asked for the last part URL may make of the image. */
export async function setRelayedLimit(
  db: Connection,
  { imageId, maxSizeBytes, nowMs }: { imageId: string; maxSizeBytes: number | null; nowMs: number },
): Promise<void> {
  await db
    .insertInto('relayed_images')
    .values({ image_id: imageId, max_size_bytes: maxSizeBytes, is_sha256_verified: 0, last_part_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('image_id').doUpdateSet({ max_size_bytes: maxSizeBytes }))
    .execute()
}

export async function relayedLimitOf(db: Connection, imageId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('relayed_images')
    .select('max_size_bytes')
    .where('image_id', '=', imageId)
    .executeTakeFirst()
  return row?.max_size_bytes ?? undefined
}

/** The image is completed: what its parts were is no longer asked for. */
export async function finishRelayedImage(
  db: Connection,
  { imageId, isVerified, nowMs }: { imageId: string; isVerified: boolean; nowMs: number },
): Promise<void> {
  await db.deleteFrom('relayed_parts').where('image_id', '=', imageId).execute()
  if (!isVerified) return
  await db
    .insertInto('relayed_images')
    .values({ image_id: imageId, max_size_bytes: null, is_sha256_verified: 1, last_part_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('image_id').doUpdateSet({ is_sha256_verified: 1 }))
    .execute()
}

export async function forgetRelayedImage(db: Connection, imageId: string): Promise<void> {
  await db.deleteFrom('relayed_parts').where('image_id', '=', imageId).execute()
  await db.deleteFrom('relayed_images').where('image_id', '=', imageId).execute()
}

export async function verifiedRelayedImages(db: Connection, imageIds: readonly string[]): Promise<Set<string>> {
  if (imageIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('relayed_images')
    .select('image_id')
    .where('image_id', 'in', imageIds)
    .where('is_sha256_verified', '=', 1)
    .execute()
  return new Set(rows.map(({ image_id }) => image_id))
}

/** Images that hold parts here and got none for long. */
export async function listIdleRelayedImages(
  db: Connection,
  { idleSinceMs, limit }: { idleSinceMs: number; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('relayed_images')
    .select('image_id')
    .where('last_part_at_ms', '<', idleSinceMs)
    .where('is_sha256_verified', '=', 0)
    .orderBy('last_part_at_ms')
    .limit(limit)
    .execute()
  return rows.map(({ image_id }) => image_id)
}
