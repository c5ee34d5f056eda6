import { sql, type Transaction } from 'kysely'
import { expect } from 'vitest'
import type { Database, Tables } from '../../src/metadata/schema.ts'

/** A transaction that has done its work and waits to be committed, as one of another replica may at any moment. */
export async function holdTransaction<Result>(
  db: Database,
  work: (transaction: Transaction<Tables>) => Promise<Result>,
): Promise<{ readonly result: Result; commit(): Promise<void> }> {
  const transaction = await db.startTransaction().execute()
  const result = await work(transaction)
  return { result, commit: () => transaction.commit().execute() }
}

/** Until a statement of this database waits for a lock of another one. */
export async function untilSomebodyWaits(db: Database): Promise<void> {
  await expect
    .poll(async () => {
      const { rows } = await sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      return rows.length
    })
    .toBeGreaterThan(0)
}
