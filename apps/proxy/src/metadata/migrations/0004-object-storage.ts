import { type Kysely, sql } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own time, not today's
export async function up(db: Kysely<any>): Promise<void> {
  // The object store's own id of an image's multipart upload.
  await db.schema.alterTable('images').addColumn('upload_id', 'text').execute()
  await db.schema.alterTable('images').addColumn('failure_reason', 'text').execute()
  // Those that wait for their verification are few among many.
  await db.schema
    .createIndex('images_unverified')
    .on('images')
    .columns(['completed_at_ms'])
    .where(sql.ref('upload_status'), '=', sql.lit('completed'))
    .where(sql.ref('is_sha256_verified'), '=', sql.lit(0))
    .execute()
}
