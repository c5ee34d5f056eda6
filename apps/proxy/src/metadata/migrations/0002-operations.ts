import { type Kysely, sql } from 'kysely'
import { textColumn } from './text-column.ts'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own time, not today's
export async function up(db: Kysely<any>): Promise<void> {
  const text = textColumn(db)
  // What a creation answered, so that a repeated one is answered the same.
  await db.schema
    .createTable('idempotency_keys')
    .addColumn('account', text, (col) => col.notNull().references('accounts.id'))
    .addColumn('key', text, (col) => col.notNull())
    .addColumn('fingerprint', text, (col) => col.notNull())
    .addColumn('answer', text, (col) => col.notNull())
    .addColumn('created_at_ms', 'bigint', (col) => col.notNull())
    .addPrimaryKeyConstraint('idempotency_keys_pk', ['account', 'key'])
    .execute()

  await db.schema
    .createTable('audit_events')
    .addColumn('id', text, (col) => col.primaryKey())
    .addColumn('at_ms', 'bigint', (col) => col.notNull())
    .addColumn('account', text)
    .addColumn('actor', text, (col) => col.notNull())
    .addColumn('action', text, (col) => col.notNull())
    .addColumn('target', text)
    .addColumn('status', 'integer', (col) => col.notNull())
    .addColumn('request_id', text)
    .execute()
  await db.schema.createIndex('audit_events_at').on('audit_events').columns(['at_ms', 'id']).execute()

  await db.schema
    .createTable('leases')
    .addColumn('name', text, (col) => col.primaryKey())
    .addColumn('holder', text, (col) => col.notNull())
    .addColumn('expires_at_ms', 'bigint', (col) => col.notNull())
    .execute()

  await db.schema.alterTable('secrets').addColumn('retired_at_ms', 'bigint').execute()

  await db.schema.alterTable('images').addColumn('last_part_at_ms', 'bigint').execute()
  await db.schema.alterTable('images').addColumn('failed_at_ms', 'bigint').execute()
  await db.schema.alterTable('images').addColumn('purged_at_ms', 'bigint').execute()

  // Bytes that count against the account's quota: kept by the transactions that add and purge parts.
  await db.schema
    .alterTable('accounts')
    .addColumn('stored_bytes', 'bigint', (col) => col.notNull().defaultTo(0))
    .execute()
  await db
    .updateTable('accounts')
    .set({
      stored_bytes: sql`coalesce((select sum(parts.size_bytes) from parts
        inner join images on images.id = parts.image_id where images.account = accounts.id), 0)`,
    })
    .execute()
}
