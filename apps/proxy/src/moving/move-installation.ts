import { sql } from 'kysely'
import { listManifest } from '../metadata/parts.ts'
import type { Database, ImageRow } from '../metadata/schema.ts'
import { objectKeyOf } from '../storage/s3/object-key.ts'
import type { ObjectStore } from '../storage/s3/object-store.ts'
import type { S3Location } from '../storage/storage-url.ts'
import { claimTarget } from './claim-target.ts'
import { copyRows } from './copy-rows.ts'
import { DamagedImageError, moveImage } from './move-image.ts'

export interface MoveInstallationOptions {
  /** An embedded installation that no server has open. */
  readonly source: { readonly db: Database; readonly blobsPath: string }
  readonly target: { readonly db: Database; readonly store: ObjectStore; readonly location: S3Location }
  readonly now: () => number
  readonly onImage: (progress: MoveProgress) => void
}

export interface MoveProgress {
  readonly image: Pick<ImageRow, 'id' | 'name' | 'upload_status'>
  /** Images that are done, this one included, of all. */
  readonly doneCount: number
  readonly imageCount: number
  readonly sentBytes: number
  /** Why its bytes could not be taken over. Undefined: they were, or there are none. */
  readonly problem?: string
}

export interface MoveResult {
  readonly rowCounts: Readonly<Record<string, number>>
  readonly imageCount: number
  /** Images that an earlier run had carried over. */
  readonly foundCount: number
  readonly sentBytes: number
  readonly damagedCount: number
}

const batchSize = 200

/**
 * Carries an installation over to another database and an object store. Each image's bytes go first and its row after them,
 * so that a row in the target means that it is done; a run that ends early is repeated and goes on. The source stays as it is.
 * @throws {TargetTakenError}
 */
export async function moveInstallation(options: MoveInstallationOptions): Promise<MoveResult> {
  const { source, target, onImage } = options
  await claimTarget({ source: source.db, target: target.db })
  const rowCounts = await copyRows({ source: source.db, target: target.db })
  const { count } = await source.db
    .selectFrom('images')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const imageCount = Number(count)
  const result = { doneCount: 0, foundCount: 0, sentBytes: 0, damagedCount: 0 }
  for (let afterId = ''; ; ) {
    const rows = await imagesAfter(source.db, afterId)
    const last = rows.at(-1)
    if (!last) break
    const found = await idsOf(
      target.db,
      rows.map(({ id }) => id),
    )
    for (const row of rows) {
      result.doneCount++
      if (found.has(row.id)) {
        result.foundCount++
        continue
      }
      const sent = await carry(options, row)
      result.sentBytes += sent.sentBytes
      if (sent.problem !== undefined) result.damagedCount++
      onImage({ image: row, doneCount: result.doneCount, imageCount, ...sent })
    }
    afterId = last.id
  }
  await countStoredBytes(target.db)
  const { foundCount, sentBytes, damagedCount } = result
  return { rowCounts, imageCount, foundCount, sentBytes, damagedCount }
}

async function carry(
  { source, target, now }: MoveInstallationOptions,
  row: ImageRow,
): Promise<{ sentBytes: number; problem?: string }> {
  let sentBytes = 0
  try {
    const isGone = row.purged_at_ms !== null || row.deleted_at_ms !== null || row.upload_status === 'failed'
    // The bytes of deleted and failed images wait for nothing but their purge.
    const uploadId = isGone
      ? null
      : await moveImage({
          store: target.store,
          key: objectKeyOf(target.location, row.id),
          blobsPath: source.blobsPath,
          manifest: await listManifest(source.db, row.id),
          sha256: row.sha256,
          onSentBytes: (sizeBytes) => {
            sentBytes += sizeBytes
          },
        })
    await target.db
      .insertInto('images')
      .values({
        ...row,
        upload_id: uploadId,
        purged_at_ms: isGone ? (row.purged_at_ms ?? now()) : null,
        // True once the target has read the object itself.
        is_sha256_verified: 0,
      })
      .execute()
    return { sentBytes }
  } catch (error) {
    if (!(error instanceof DamagedImageError)) throw error
    return { sentBytes, problem: error.message }
  }
}

async function imagesAfter(db: Database, afterId: string): Promise<ImageRow[]> {
  return await db.selectFrom('images').selectAll().where('id', '>', afterId).orderBy('id').limit(batchSize).execute()
}

async function idsOf(db: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('images').select('id').where('id', 'in', ids).execute()
  return new Set(rows.map(({ id }) => id))
}

/** On an object store an account holds its completed images; parts on their way are the store's affair. */
async function countStoredBytes(db: Database): Promise<void> {
  await db
    .updateTable('accounts')
    .set({
      stored_bytes: sql`coalesce((select sum(images.size_bytes) from images
        where images.account = accounts.id and images.purged_at_ms is null), 0)`,
    })
    .execute()
}
