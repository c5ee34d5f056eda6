import { setTimeout as wait } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { databaseConditionOf } from './database-condition.ts'
import { PostgresConnectionError, sqlStateOf } from './postgres-errors.ts'
import { isPostgres } from './row-locks.ts'
import type { Database, Tables } from './schema.ts'

/** The connection was lost while the transaction was being committed: it holds, or it does not. */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError'
}

type Work<Result> = (transaction: Transaction<Tables>) => Promise<Result>

const maxAttempts = 5
const retryDelayMs = 20
/** A database that is away for longer is told to the client, which can wait better than we. */
const maxElapsedMs = 2000

/**
 * Runs `work` in one transaction, again when it was certainly rolled back for no fault of its own: a deadlock, a
 * serialization failure, or a connection lost before the commit. So `work` must do nothing beside its statements.
 * @throws {CommitUnknownError} when nobody can tell whether it was committed: reading tells
 */
export async function inTransaction<Result>(db: Database, work: Work<Result>): Promise<Result> {
  const startedAtMs = performance.now()
  for (let attempt = 1; ; attempt++) {
    let isCommitting = false
    try {
      return await db.transaction().execute(async (transaction) => {
        const result = await work(transaction)
        isCommitting = true
        return result
      })
    } catch (error) {
      if (isCommitting && isConnectionLoss(error)) {
        throw new CommitUnknownError('the connection was lost in a commit', { cause: error })
      }
      const isWorthAnother = databaseConditionOf(error) === 'conflict' || isConnectionLoss(error)
      const isSpent = attempt >= maxAttempts || performance.now() - startedAtMs > maxElapsedMs
      if (!isWorthAnother || isSpent) throw error
      // Those who collided must not collide again.
      await wait(retryDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }
}

/** Several reads of one moment. */
export async function inSnapshot<Result>(db: Database, work: Work<Result>): Promise<Result> {
  if (!isPostgres(db)) return await db.transaction().execute(work)
  return await db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work)
}

/** The server's farewell (57P01 to 57P03) or none at all; by its end, PostgreSQL rolls back what was not committed. */
function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error)
  return (
    error instanceof PostgresConnectionError || state?.startsWith('57P') === true || state?.startsWith('08') === true
  )
}
