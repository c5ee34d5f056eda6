import type { Kysely } from 'kysely'
import { textColumn } from './text-column.ts'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own time, not today's
export async function up(db: Kysely<any>): Promise<void> {
  const text = textColumn(db)
  // What passed through this server on its way to an upstream, which may tell nothing of it itself.
  await db.schema
    .createTable('relayed_images')
    .addColumn('image_id', text, (col) => col.primaryKey())
    .addColumn('max_size_bytes', 'bigint')
    .addColumn('is_sha256_verified', 'integer', (col) => col.notNull().defaultTo(0))
    .addColumn('last_part_at_ms', 'bigint', (col) => col.notNull())
    .execute()
  await db.schema
    .createIndex('relayed_images_last_part')
    .on('relayed_images')
    .columns(['last_part_at_ms', 'image_id'])
    .execute()
  await db.schema
    .createTable('relayed_parts')
    .addColumn('image_id', text, (col) => col.notNull())
    .addColumn('part_number', 'integer', (col) => col.notNull())
    .addColumn('size_bytes', 'bigint', (col) => col.notNull())
    .addColumn('sha256', text)
    .addColumn('etag', text, (col) => col.notNull())
    .addColumn('blob_key', text)
    .addPrimaryKeyConstraint('relayed_parts_pk', ['image_id', 'part_number'])
    .execute()
}
