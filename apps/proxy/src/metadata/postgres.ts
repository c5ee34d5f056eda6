import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { PostgresLocation, PostgresTls } from './database-url.ts'
import { PostgresConnectionError } from './postgres-errors.ts'
import { createPostgresPool } from './postgres-pool.ts'

export interface PostgresDialectOptions {
  readonly location: PostgresLocation
  /** Connections at most. */
  readonly poolSize: number
  /** A statement takes no longer, waits for locks included; the client gives up a little later. */
  readonly statementTimeoutMs: number
  readonly applicationName: string
  /** A connection that nobody was using is gone; the pool makes another one when needed. */
  readonly onIdleError: (error: unknown) => void
}

/** Waiting for a free connection, or for a new one. */
const connectTimeoutMs = 5000
const idleTimeoutMs = 30_000
/** So that connections move along when the name of the host moves to another server. */
const maxLifetimeSeconds = 1800
const keepAliveDelayMs = 10_000
/** The server's own limit comes first: its answer leaves the connection usable. */
const answerDelayMs = 5000

/**
 * What the server may be configured otherwise for. A commit that was acknowledged is on disk; every statement sees what was
 * committed before it began, which the locks of `row-locks.ts` rely on.
 */
const sessionOptions = '-c synchronous_commit=on -c default_transaction_isolation=read\\ committed'

/** Kysely's PostgreSQL dialect over `pg`. What only PostgreSQL understands stays in the files named for it. */
export function createPostgresDialect(options: PostgresDialectOptions): Dialect {
  const { location, poolSize, statementTimeoutMs, applicationName } = options
  const { host, port, user, password, database, tls } = location
  const pool = new pg.Pool({
    host,
    port,
    database,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ssl: tlsOptionsOf(tls, host),
    application_name: applicationName,
    options: sessionOptions,
    types: { getTypeParser },
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    maxLifetimeSeconds,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    statement_timeout: statementTimeoutMs,
    lock_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + answerDelayMs,
  })
  // The driver's own error carries its client, with all that a log should not hold.
  pool.on('error', ({ message }) => options.onIdleError(new PostgresConnectionError(message)))
  // A farewell that comes with the welcome is told before whoever waits for the connection can listen, and an error that
  // nobody hears ends the process; the first statement tells it again.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return new PostgresDialect({ pool: createPostgresPool({ pool }) })
}

/** Sizes and times are `bigint` columns whose values numbers hold exactly; one that they do not must not pass for another. */
function parseInt8(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError('the database holds an integer beyond 2^53')
}

const getTypeParser: typeof pg.types.getTypeParser = (...args: Parameters<typeof pg.types.getTypeParser>) =>
  args[0] === pg.types.builtins.INT8 ? parseInt8 : pg.types.getTypeParser(...args)

function tlsOptionsOf({ mode, rootCertPath }: PostgresTls, host: string): ConnectionOptions | false {
  if (mode === 'disable') return false
  if (mode === 'require') return { rejectUnauthorized: false }
  return {
    ...(rootCertPath !== undefined && { ca: readFileSync(rootCertPath, 'utf8') }),
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : { host }),
  }
}
