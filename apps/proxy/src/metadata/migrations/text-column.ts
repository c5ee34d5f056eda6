import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely'

/** Text that is compared byte by byte, as SQLite does by itself: pages have one order on both databases. */
// biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own time, not today's
export function textColumn(db: Kysely<any>): 'text' | RawBuilder<unknown> {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text'
}
