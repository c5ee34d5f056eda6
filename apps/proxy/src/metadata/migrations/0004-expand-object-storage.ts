import { type Kysely, sql } from 'kysely'
import { textColumn } from './text-column.ts'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own time, not today's
export async function up(db: Kysely<any>): Promise<void> {
  const text = textColumn(db)
  // The object store's own id of an image's multipart upload.
  await db.schema.alterTable('images').addColumn('upload_id', text).execute()
  await db.schema.alterTable('images').addColumn('failure_reason', text).execute()
  // What the stored bytes have, where they are hashed before the completion is recorded.
  await db.schema.alterTable('images').addColumn('object_sha256', text).execute()
  // A completion that the store was asked for, until it is recorded.
  await db.schema.alterTable('images').addColumn('begun_sha256', text).execute()
  await db.schema.alterTable('images').addColumn('begun_at_ms', 'bigint').execute()
  await db.schema
    .createIndex('images_begun_completion')
    .on('images')
    .columns(['begun_at_ms'])
    .where(sql.ref('upload_status'), '=', sql.lit('uploading'))
    .where(sql.ref('begun_sha256'), 'is not', null)
    .execute()
  // Those that wait for their verification are few among many.
  await db.schema
    .createIndex('images_unverified')
    .on('images')
    .columns(['completed_at_ms'])
    .where(sql.ref('upload_status'), '=', sql.lit('completed'))
    .where(sql.ref('is_sha256_verified'), '=', sql.lit(0))
    .execute()
}
