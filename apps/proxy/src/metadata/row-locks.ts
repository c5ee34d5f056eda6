import { PostgresAdapter } from 'kysely'
import type { Connection } from './schema.ts'

/**
 * SQLite has one writer: a transaction that began (`begin immediate`) has no rival. PostgreSQL has many, so that what a
 * transaction reads and relies on is locked until it ends.
 */
export function isPostgres(db: Connection): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

/** For a row that the transaction decides about: others wait to lock or change it, and those who rely on it too. */
export function lockedForUpdate<Query extends { forUpdate(): Query }>(db: Connection, query: Query): Query {
  return isPostgres(db) ? query.forUpdate() : query
}

/** For a row that must stay as a reference: others may rely on it as well, and who wants to delete it waits. */
export function lockedAsReference<Query extends { forKeyShare(): Query }>(db: Connection, query: Query): Query {
  return isPostgres(db) ? query.forKeyShare() : query
}
