import { type RawBuilder, sql } from 'kysely'
import { isPostgres } from './row-locks.ts'
import type { Connection } from './schema.ts'

/** Milliseconds since the epoch by the one clock that all who use the database share. */
export function databaseTime(db: Connection, nowMs: number): RawBuilder<number> {
  // Not the transaction's time: it stands still while a transaction waits for a lock.
  return isPostgres(db)
    ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
    : sql<number>`${sql.lit(nowMs)}`
}
