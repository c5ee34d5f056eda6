import { type Kysely, sql } from 'kysely'
import { textColumn } from './text-column.ts'

// biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own time, not today's
export async function up(db: Kysely<any>): Promise<void> {
  const text = textColumn(db)
  await db.schema
    .createTable('accounts')
    .addColumn('id', text, (col) => col.primaryKey())
    .execute()

  await db.schema
    .createTable('workspaces')
    .addColumn('id', text, (col) => col.primaryKey())
    .addColumn('account', text, (col) => col.notNull().references('accounts.id'))
    .addColumn('name', text, (col) => col.notNull())
    .addColumn('created_at_ms', 'bigint', (col) => col.notNull())
    .addColumn('deleted_at_ms', 'bigint')
    .execute()
  // Deleted workspaces keep their row, since the rows of their deleted images show its name; the name is free again.
  await db.schema
    .createIndex('workspaces_live_name')
    .unique()
    .on('workspaces')
    .columns(['account', 'name'])
    .where(sql.ref('deleted_at_ms'), 'is', null)
    .execute()

  await db.schema
    .createTable('images')
    .addColumn('id', text, (col) => col.primaryKey())
    .addColumn('account', text, (col) => col.notNull().references('accounts.id'))
    .addColumn('workspace_id', text, (col) => col.notNull().references('workspaces.id'))
    .addColumn('name', text, (col) => col.notNull())
    .addColumn('upload_status', text, (col) => col.notNull())
    .addColumn('sha256', text)
    .addColumn('size_bytes', 'bigint')
    .addColumn('is_sha256_verified', 'integer', (col) => col.notNull().defaultTo(0))
    .addColumn('is_public', 'integer', (col) => col.notNull().defaultTo(0))
    .addColumn('is_default', 'integer', (col) => col.notNull().defaultTo(0))
    .addColumn('manifest_revision', 'bigint', (col) => col.notNull().defaultTo(0))
    .addColumn('created_at_ms', 'bigint', (col) => col.notNull())
    .addColumn('completed_at_ms', 'bigint')
    .addColumn('deleted_at_ms', 'bigint')
    .execute()
  // A deleted or failed image does not hold its name.
  await db.schema
    .createIndex('images_live_name')
    .unique()
    .on('images')
    .columns(['workspace_id', 'name'])
    .where(sql.ref('deleted_at_ms'), 'is', null)
    .where(sql.ref('upload_status'), '!=', sql.lit('failed'))
    .execute()
  await db.schema
    .createIndex('images_default')
    .unique()
    .on('images')
    .columns(['account'])
    .where(sql.ref('is_default'), '=', sql.lit(1))
    .execute()
  await db.schema.createIndex('images_account_page').on('images').columns(['account', 'created_at_ms', 'id']).execute()
  await db.schema
    .createIndex('images_workspace_page')
    .on('images')
    .columns(['workspace_id', 'created_at_ms', 'id'])
    .execute()
  await db.schema
    .createIndex('images_public_page')
    .on('images')
    .columns(['created_at_ms', 'id'])
    .where(sql.ref('is_public'), '=', sql.lit(1))
    .execute()

  await db.schema
    .createTable('parts')
    .addColumn('image_id', text, (col) => col.notNull().references('images.id'))
    .addColumn('part_number', 'integer', (col) => col.notNull())
    .addColumn('size_bytes', 'bigint', (col) => col.notNull())
    .addColumn('sha256', text)
    .addColumn('etag', text, (col) => col.notNull())
    .addColumn('blob_key', text, (col) => col.notNull())
    .addPrimaryKeyConstraint('parts_pk', ['image_id', 'part_number'])
    .execute()

  await db.schema
    .createTable('tokens')
    .addColumn('id', text, (col) => col.primaryKey())
    .addColumn('name', text, (col) => col.notNull())
    .addColumn('hash', text, (col) => col.notNull().unique())
    .addColumn('role', text, (col) => col.notNull())
    .addColumn('account', text, (col) => col.notNull().references('accounts.id'))
    .addColumn('workspace_id', text)
    .addColumn('created_at_ms', 'bigint', (col) => col.notNull())
    .addColumn('expires_at_ms', 'bigint')
    .addColumn('last_used_at_ms', 'bigint')
    .addColumn('revoked_at_ms', 'bigint')
    .execute()

  await db.schema
    .createTable('secrets')
    .addColumn('id', text, (col) => col.primaryKey())
    .addColumn('purpose', text, (col) => col.notNull())
    .addColumn('value', text, (col) => col.notNull())
    .addColumn('created_at_ms', 'bigint', (col) => col.notNull())
    .execute()
}
