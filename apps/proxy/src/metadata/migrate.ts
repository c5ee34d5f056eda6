import { type Kysely, sql, type Transaction } from 'kysely'
import * as initial from './migrations/0001-initial.ts'
import * as operations from './migrations/0002-operations.ts'
import * as scale from './migrations/0003-expand-scale.ts'
import * as objectStorage from './migrations/0004-expand-object-storage.ts'
import * as relay from './migrations/0005-expand-relay.ts'
import { isPostgres } from './row-locks.ts'
import type { Database, Tables } from './schema.ts'

/** The database was upgraded by a version with which this one cannot share it; the message is one line for the operator. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError'
}

interface Migration {
  // biome-ignore lint/suspicious/noExplicitAny: a migration sees the tables of its own time, not today's
  up(db: Kysely<any>): Promise<void>
}

/** Numbered, append-only: a released migration never changes. The rule for their names is in CONTRIBUTING. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-operations': operations,
  '0003-expand-scale': scale,
  '0004-expand-object-storage': objectStorage,
  '0005-expand-relay': relay,
}

/** What only adds to the schema, so that versions which do not know it go on as before. */
const compatiblePattern = /^\d{4}-expand-/
/** Any number that nothing else in the database uses. */
const advisoryLockKey = 7_301_559_204
/** A change of a table waits for those who use it, and everybody else for that change: better to fail and start again. */
const tableLockTimeoutMs = 10_000

/**
 * Brings the schema up to date, all or nothing. Safe when several processes start at once: they take turns. A schema that is
 * newer than this version is accepted when all that was added is compatible.
 * @throws {SchemaTooNewError}
 */
export async function migrate(db: Database, known = migrations): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    if (isPostgres(transaction)) {
      await sql`select pg_advisory_xact_lock(${sql.lit(advisoryLockKey)})`.execute(transaction)
      await sql`set local lock_timeout = ${sql.lit(tableLockTimeoutMs)}`.execute(transaction)
    }
    const done = await listDone(transaction)
    const incompatible = [...done].filter((name) => !(name in known) && !compatiblePattern.test(name))
    if (incompatible.length > 0) {
      throw new SchemaTooNewError(
        `the database was upgraded by a newer slipway-proxy (${incompatible.join(', ')}): start that version or a later one`,
      )
    }
    for (const [name, { up }] of Object.entries(known)) {
      if (done.has(name)) continue
      await up(transaction)
      await sql`insert into ${table} values (${name}, ${new Date().toISOString()})`.execute(transaction)
    }
  })
}

/** The name is Kysely's own: databases that its migrator made go on with it. */
const table = sql.table('kysely_migration')

async function listDone(transaction: Transaction<Tables>): Promise<Set<string>> {
  await transaction.schema
    .createTable('kysely_migration')
    .ifNotExists()
    .addColumn('name', 'varchar(255)', (col) => col.notNull().primaryKey())
    .addColumn('timestamp', 'varchar(255)', (col) => col.notNull())
    .execute()
  const { rows } = await sql<{ name: string }>`select name from ${table} order by name`.execute(transaction)
  return new Set(rows.map(({ name }) => name))
}
