import { type Kysely, sql } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own time, not today's
export async function up(db: Kysely<any>): Promise<void> {
  // Replicas that start together on an empty database agree on one secret for each purpose.
  await db.schema
    .createIndex('secrets_current')
    .unique()
    .on('secrets')
    .columns(['purpose'])
    .where(sql.ref('retired_at_ms'), 'is', null)
    .execute()

  // What the maintenance looks for every minute is little; deleted images stay as rows for good.
  await db.schema
    .createIndex('images_unfinished')
    .on('images')
    .columns(['created_at_ms'])
    .where(sql<boolean>`upload_status in ('started', 'uploading') and deleted_at_ms is null`)
    .execute()
  await db.schema
    .createIndex('images_unpurged')
    .on('images')
    .columns(['created_at_ms'])
    .where(sql<boolean>`purged_at_ms is null and (deleted_at_ms is not null or upload_status = 'failed')`)
    .execute()
  await db.schema
    .createIndex('images_live_status')
    .on('images')
    .columns(['upload_status'])
    .where(sql.ref('deleted_at_ms'), 'is', null)
    .execute()
  await db.schema.createIndex('idempotency_keys_created').on('idempotency_keys').columns(['created_at_ms']).execute()
}
