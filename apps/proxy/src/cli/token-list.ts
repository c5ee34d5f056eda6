import type { TokenRow } from '../metadata/schema.ts'
import { listTokens } from '../metadata/tokens.ts'
import type { CommandContext } from './command.ts'
import { formatTable } from './format-table.ts'
import { withDatabase } from './with-database.ts'

export async function tokenList(
  args: Readonly<Record<string, unknown>>,
  { env, stdout }: CommandContext,
): Promise<void> {
  const nowMs = Date.now()
  const rows = await withDatabase({ args, env }, listTokens)
  const tokens = rows.map((row) => describeToken(row, nowMs))
  if (args.json) {
    stdout.write(`${JSON.stringify(tokens, null, 2)}\n`)
  } else if (tokens.length === 0) {
    stdout.write('There are no tokens. Make one: slipway-proxy token create --name NAME --role ROLE\n')
  } else {
    stdout.write(formatTable(tokens))
  }
}

function describeToken(row: TokenRow, nowMs: number) {
  const isExpired = row.expires_at_ms !== null && row.expires_at_ms <= nowMs
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    workspace: row.workspace_id,
    state: row.revoked_at_ms !== null ? 'revoked' : isExpired ? 'expired' : 'valid',
    created_at: toIso(row.created_at_ms),
    expires_at: toIso(row.expires_at_ms),
    last_used_at: toIso(row.last_used_at_ms),
  }
}

function toIso(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString()
}
