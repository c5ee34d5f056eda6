import type { AuditRow, Connection } from './schema.ts'

export async function insertAuditEvent(db: Connection, event: AuditRow): Promise<void> {
  await db.insertInto('audit_events').values(event).execute()
}

/** Newest first. */
export async function listAuditEvents(db: Connection, { limit }: { limit: number }): Promise<AuditRow[]> {
  return await db
    .selectFrom('audit_events')
    .selectAll()
    .orderBy('at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** @returns how many were removed */
export async function removeAuditEvents(db: Connection, { beforeMs }: { beforeMs: number }): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('audit_events').where('at_ms', '<', beforeMs).executeTakeFirst()
  return Number(numDeletedRows)
}
