import { sql } from 'kysely'
import { isPostgres } from '../src/metadata/row-locks.ts'
import type { Database } from '../src/metadata/schema.ts'

interface LoadOptions {
  readonly imageCount: number
  readonly partsPerImage: number
}

/** An installation that has been in use for long, by a few statements: most images completed, some of every other kind,
 * one of them as many-parted as can be. */
export async function loadInstallation(db: Database, { imageCount, partsPerImage }: LoadOptions): Promise<void> {
  const numbers = (count: number) =>
    sql`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)})`
  await sql`insert into accounts (id) values ('local')`.execute(db)
  await sql`insert into workspaces (id, account, name, created_at_ms)
    values ('wksp_default', 'local', 'default', 1), ('wksp_loaded', 'local', 'loaded', 1),
      ('wksp_empty', 'local', 'empty', 1)`.execute(db)
  await sql`${numbers(imageCount)} insert into images
      (id, account, workspace_id, name, upload_status, created_at_ms, size_bytes, is_public, deleted_at_ms, purged_at_ms)
    select 'image_' || n, 'local', case n % 3 when 0 then 'wksp_loaded' else 'wksp_default' end, 'name_' || n,
      case when n % 100 = 7 then 'uploading' when n % 100 = 8 then 'failed' else 'completed' end,
      n, 1000, case when n % 50 = 1 then 1 else 0 end,
      case when n % 10 = 9 then n end, case when n % 10 = 9 and n % 100 > 9 then n end
    from numbers`.execute(db)
  await sql`update images set is_default = 1 where id = 'image_1'`.execute(db)
  await sql`${numbers(partsPerImage)} insert into parts (image_id, part_number, size_bytes, etag, blob_key)
    select id, n, 1000, '', id || '/' || n from images cross join numbers`.execute(db)
  await sql`${numbers(10_000)} insert into parts (image_id, part_number, size_bytes, etag, blob_key)
    select 'image_1', n, 1000, '', 'image_1/' || n from numbers where n > ${sql.lit(partsPerImage)}`.execute(db)
  await sql`${numbers(imageCount)} insert into tokens (id, name, hash, role, account, created_at_ms)
    select 'token_' || n, 'name', 'hash_' || n, 'reader', 'local', n from numbers`.execute(db)
  await sql`${numbers(imageCount)} insert into audit_events (id, at_ms, actor, action, status)
    select 'audit_' || n, n, 'host', 'loaded', 200 from numbers`.execute(db)
  await sql`${numbers(imageCount)} insert into idempotency_keys (account, key, fingerprint, answer, created_at_ms)
    select 'local', 'key_' || n, '', '', n from numbers`.execute(db)
  await (isPostgres(db) ? sql`vacuum analyze` : sql`analyze`).execute(db)
}
