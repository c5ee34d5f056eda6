import { setTimeout as wait } from 'node:timers/promises'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { PostgresConnectionError, postgresConditionOf, sqlStateOf } from './postgres-errors.ts'

export interface PostgresPoolOptions {
  readonly pool: Pool
  /** Default: `Math.random`. */
  readonly random?: () => number
}

/** Nothing was sent yet, so that another attempt is always safe; a restart of the server often takes no longer. */
const maxConnectAttempts = 4
const connectDelayMs = 100
/** Who waited that long for a connection has waited enough. */
const maxElapsedMs = 2000

/** What Kysely needs of a pool, with every failure told in terms of `postgres-errors.ts`. */
export function createPostgresPool({ pool, random = Math.random }: PostgresPoolOptions): PostgresPool {
  return {
    options: {},
    async connect() {
      const startedAtMs = performance.now()
      for (let attempt = 1; ; attempt++) {
        try {
          return adaptClient(await pool.connect())
        } catch (thrown) {
          const error = toConnectionError(thrown)
          const isSpent = attempt >= maxConnectAttempts || performance.now() - startedAtMs > maxElapsedMs
          if (isSpent || !isWorthAnotherAttempt(error)) throw error
          await wait(connectDelayMs * 2 ** (attempt - 1) * (0.5 + random()))
        }
      }
    },
    end: () => pool.end(),
  }
}

function adaptClient(client: PoolClient): PostgresPoolClient {
  let isBroken = false
  // Between two statements nobody else listens, and an error that nobody hears ends the process.
  const onError = () => {
    isBroken = true
  }
  client.on('error', onError)
  // Cursors, which the type has too, are for streaming, which nothing here does.
  const query = async (sql: string, parameters: readonly unknown[]) => {
    // A rollback, usually: it would wait for the answer that did not come.
    if (isBroken) throw new PostgresConnectionError('the connection is lost')
    try {
      return await client.query(sql, [...parameters])
    } catch (thrown) {
      if (sqlStateOf(thrown) === undefined) isBroken = true
      // A parameter or a value that cannot be translated is nothing that the connection did.
      throw thrown instanceof TypeError || thrown instanceof RangeError ? thrown : toConnectionError(thrown)
    }
  }
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release(isDiscarded) {
      client.off('error', onError)
      // One that gave no answer in time may give it to the next query.
      client.release(isDiscarded === true || isBroken)
    },
  }
}

/** The server's own errors stay, without the details that quote rows; the others have no code to tell them by. */
function toConnectionError(thrown: unknown): unknown {
  if (sqlStateOf(thrown) === undefined) return new PostgresConnectionError(reasonOf(thrown), { cause: thrown })
  return Object.assign(thrown as Error, { detail: undefined, where: undefined, internalQuery: undefined })
}

/** A wrong password does not get right by itself. */
function isWorthAnotherAttempt(error: unknown): boolean {
  const state = sqlStateOf(error) ?? ''
  const condition = postgresConditionOf(error)
  return (condition === 'unavailable' || condition === 'busy') && !state.startsWith('28') && state !== '3D000'
}

function reasonOf(thrown: unknown): string {
  // Several addresses of one name were tried: each has its error, all together have no message.
  if (thrown instanceof AggregateError) return thrown.errors.map(reasonOf).join('; ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}
