import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { insertAuditEvent } from './metadata/audit-events.ts'
import type { AuditRow, Database } from './metadata/schema.ts'

export type AuditEvent = Omit<AuditRow, 'id' | 'at_ms'>

/** Who did what, when: kept in a table and told to the log. Holds ids, never secrets. */
export type Audit = (event: AuditEvent) => Promise<void>

export interface AuditOptions {
  readonly db: Database
  readonly log: Pick<Logger, 'info' | 'error'>
  readonly now: () => number
}

export function createAudit({ db, log, now }: AuditOptions): Audit {
  return async (event) => {
    const row = { id: `audit_${randomBytes(9).toString('base64url')}`, at_ms: now(), ...event }
    log.info({ audit: row }, 'audit')
    // What is done cannot be undone because its record failed, on a full disk for instance: the log has it at least.
    await insertAuditEvent(db, row).catch((error) =>
      log.error({ err: error, audit: row }, 'an audit event was not kept'),
    )
  }
}
