import { type AuditFilter, listAuditEvents } from '../metadata/audit-events.ts'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command.ts'
import { formatTable } from './format-table.ts'
import { withDatabase } from './with-database.ts'

type Args = Readonly<Record<string, unknown>>

const maxLimit = 100_000

/** Who did what to what, newest first. */
export async function auditList(args: Args, { env, stdout }: CommandContext): Promise<void> {
  const filter: AuditFilter = {
    limit: parseLimit(args.limit),
    sinceMs: args.since === undefined ? undefined : parseTime(String(args.since)),
    actor: args.actor as string | undefined,
    target: args.target as string | undefined,
  }
  const rows = await withDatabase({ args, env }, (db) => listAuditEvents(db, filter))
  const events = rows.map(({ at_ms, account, actor, action, target, status, request_id }) => ({
    at: new Date(at_ms).toISOString(),
    account,
    actor,
    action,
    target,
    status,
    request_id,
  }))
  if (args.json) for (const event of events) stdout.write(`${JSON.stringify(event)}\n`)
  else if (events.length === 0) stdout.write('No changes are recorded that match.\n')
  else stdout.write(formatTable(events.map(({ status, ...event }) => ({ ...event, status: String(status) }))))
}

function parseLimit(value: unknown): number {
  const limit = /^\d{1,6}$/.test(String(value)) ? Number(value) : 0
  if (limit >= 1 && limit <= maxLimit) return limit
  throw new CliError(`--limit must be a whole number from 1 to ${maxLimit}`, { exitCode: 2 })
}

function parseTime(text: string): number {
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(timeMs)) return timeMs
  throw new CliError('--since must be a date such as 2026-01-31 or 2026-01-31T08:00:00Z', { exitCode: 2 })
}
