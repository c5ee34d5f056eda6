import { sql } from 'kysely'
import { databaseTime } from './database-time.ts'
import type { Connection, LeaseRow } from './schema.ts'

interface LeaseClaim {
  readonly name: string
  readonly holder: string
  /** Counts on SQLite, whose processes share a clock; replicas on PostgreSQL go by the clock of the database. */
  readonly nowMs: number
  readonly lifetimeMs: number
}

/**
 * Takes or renews an expiring claim on a job, so that one process at a time does it and a dead one does not keep it.
 * @returns false while somebody else holds it
 */
export async function acquireLease(db: Connection, { name, holder, nowMs, lifetimeMs }: LeaseClaim): Promise<boolean> {
  const time = databaseTime(db, nowMs)
  const row = { name, holder, expires_at_ms: sql<number>`${time} + ${sql.lit(lifetimeMs)}` }
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('leases')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet(row)
        .where((where) => where.or([where('leases.holder', '=', holder), where('leases.expires_at_ms', '<=', time)])),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function releaseLease(db: Connection, { name, holder }: Pick<LeaseRow, 'name' | 'holder'>): Promise<void> {
  await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute()
}

/** Keeps everybody from the job for so long, this holder included. */
export async function restLease(db: Connection, { name, holder, nowMs, lifetimeMs }: LeaseClaim): Promise<void> {
  const untilMs = sql<number>`${databaseTime(db, nowMs)} + ${sql.lit(lifetimeMs)}`
  await db
    .updateTable('leases')
    .set({ holder: 'resting', expires_at_ms: untilMs })
    .where('name', '=', name)
    .where('holder', '=', holder)
    .execute()
}
