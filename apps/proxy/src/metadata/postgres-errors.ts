import type { DatabaseCondition } from './database-condition.ts'

/** There was no answer from PostgreSQL: not reached, cut off, or none within the time that a statement may take. */
export class PostgresConnectionError extends Error {
  override readonly name = 'PostgresConnectionError'
}

/** Codes, or classes of two characters, of https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const conditions = new Map<string, DatabaseCondition>([
  ['23505', 'unique'],
  // The transaction was rolled back for the sake of others: a new attempt sees what they did.
  ['40001', 'conflict'],
  ['40P01', 'conflict'],
  // Too slow: waiting for a lock, or altogether.
  ['55P03', 'busy'],
  ['57014', 'busy'],
  ['53100', 'full'],
  ['53', 'busy'],
  ['08', 'unavailable'],
  // Stopping, crashed, starting, idle for too long; or a standby that takes no writes.
  ['57P', 'unavailable'],
  ['25P03', 'unavailable'],
  ['25P04', 'unavailable'],
  ['25006', 'unavailable'],
  ['58', 'unavailable'],
  // Password, role, database: what worked at the start and was changed since.
  ['28', 'unavailable'],
  ['3D000', 'unavailable'],
])

/** What an error of PostgreSQL means to a caller, or undefined for any other error. */
export function postgresConditionOf(error: unknown): DatabaseCondition | undefined {
  if (error instanceof PostgresConnectionError) return 'unavailable'
  const code = sqlStateOf(error)
  if (code === undefined) return undefined
  return conditions.get(code) ?? conditions.get(code.slice(0, 3)) ?? conditions.get(code.slice(0, 2))
}

/**
 * Five characters when the server itself said what is wrong; anything else that a query fails with is the connection's.
 * Told by its form, so that who uses SQLite need not load the driver.
 */
export function sqlStateOf(error: unknown): string | undefined {
  const isServerError = error instanceof Error && 'severity' in error && 'code' in error
  return isServerError && typeof error.code === 'string' ? error.code : undefined
}
