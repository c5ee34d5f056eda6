import type { AuditRow, Connection } from './schema.ts'

export async function insertAuditEvent(db: Connection, event: AuditRow): Promise<void> {
  await db.insertInto('audit_events').values(event).execute()
}

export interface AuditFilter {
  readonly limit: number
  readonly sinceMs?: number | undefined
  readonly actor?: string | undefined
  readonly target?: string | undefined
}

/** Newest first. */
export async function listAuditEvents(
  db: Connection,
  { limit, sinceMs, actor, target }: AuditFilter,
): Promise<AuditRow[]> {
  return await db
    .selectFrom('audit_events')
    .selectAll()
    .$if(sinceMs !== undefined, (query) => query.where('at_ms', '>=', sinceMs as number))
    .$if(actor !== undefined, (query) => query.where('actor', '=', actor as string))
    .$if(target !== undefined, (query) => query.where('target', '=', target as string))
    .orderBy('at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** @returns how many were removed */
export async function removeAuditEvents(
  db: Connection,
  { beforeMs, limit }: { beforeMs: number; limit: number },
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('audit_events')
    .where('id', 'in', (from) =>
      from.selectFrom('audit_events').select('id').where('at_ms', '<', beforeMs).limit(limit),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
