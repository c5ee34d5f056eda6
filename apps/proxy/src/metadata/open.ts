import { Kysely } from 'kysely'
import { describeLocation, type PostgresLocation } from './database-url.ts'
import { migrate } from './migrate.ts'
import { PostgresConnectionError, sqlStateOf } from './postgres-errors.ts'
import type { Database, Tables } from './schema.ts'
import { createSqliteDialect } from './sqlite.ts'

export interface OpenPostgresOptions {
  readonly location: PostgresLocation
  /** Connections at most. Default: 10. */
  readonly poolSize?: number
  /** How long a statement may take. Default: 10 s. */
  readonly statementTimeoutMs?: number
  /** Told when a connection that nobody was using is lost. Default: nobody is. */
  readonly onIdleError?: (error: unknown) => void
}

/** SQLite's file, or a server. */
export type OpenDatabaseOptions = { readonly path: string } | OpenPostgresOptions

/** The database cannot be used; the message is one line for the operator. */
export class DatabaseOpenError extends Error {
  override readonly name = 'DatabaseOpenError'
}

const defaultPoolSize = 10
const defaultStatementTimeoutMs = 10_000
/** Indexes on millions of rows take minutes; whoever starts beside it waits as long. */
const migrationTimeoutMs = 15 * 60_000

/**
 * Opens the metadata of an installation, creating or upgrading it as needed. Close it with `destroy()`.
 * @throws {DatabaseOpenError} when PostgreSQL cannot be reached or does not let us in
 * @throws {SchemaTooNewError}
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  return 'path' in options ? await openSqlite(options.path) : await openPostgres(options)
}

async function openSqlite(path: string): Promise<Database> {
  const db = new Kysely<Tables>({ dialect: createSqliteDialect({ path }) })
  try {
    await migrate(db)
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}

async function openPostgres({
  location,
  poolSize = defaultPoolSize,
  statementTimeoutMs = defaultStatementTimeoutMs,
  onIdleError = () => undefined,
}: OpenPostgresOptions): Promise<Database> {
  try {
    // Who keeps to SQLite does not load the driver.
    const { createPostgresDialect } = await import('./postgres.ts')
    const common = { location, onIdleError, applicationName: 'slipway-proxy' }
    const migrating = new Kysely<Tables>({
      dialect: createPostgresDialect({ ...common, poolSize: 1, statementTimeoutMs: migrationTimeoutMs }),
    })
    try {
      await migrate(migrating)
    } finally {
      await migrating.destroy()
    }
    return new Kysely<Tables>({ dialect: createPostgresDialect({ ...common, poolSize, statementTimeoutMs }) })
  } catch (error) {
    throw toOpenError(error, location)
  }
}

function toOpenError(error: unknown, location: PostgresLocation): unknown {
  const told = describeLocation(location)
  const state = sqlStateOf(error) ?? ''
  const { code = '' } = (
    error instanceof Error && error.cause instanceof Error ? error.cause : {}
  ) as NodeJS.ErrnoException
  const fail = (message: string) => new DatabaseOpenError(message, { cause: error })
  if (state.startsWith('28')) return fail(`${told} refuses the user or the password: check them in the URL`)
  if (state === '3D000') return fail(`there is no ${told.replace(/^the /, '')}: create it first`)
  if (state === '42501') return fail(`the user may not create tables in ${told}: grant it, or make it the owner`)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fail(`the host of ${told} cannot be found: check its name`)
  // A certificate that cannot be read fails before there is a connection; what is left is a mistake of ours.
  const isOperational = state !== '' || error instanceof PostgresConnectionError || isErrno(error)
  return isOperational ? fail(`${told} cannot be used: ${(error as Error).message}`) : error
}

function isErrno(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error
}
