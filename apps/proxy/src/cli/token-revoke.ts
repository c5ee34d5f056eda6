import { revokeTokens } from '../metadata/tokens.ts'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command.ts'
import { auditOnHost } from './host-audit.ts'
import { withDatabase } from './with-database.ts'

export async function tokenRevoke(
  args: Readonly<Record<string, unknown>>,
  { env, stdout }: CommandContext,
): Promise<void> {
  const nameOrId = String(args.token)
  const count = await withDatabase({ args, env }, async (db) => {
    const revokedCount = await revokeTokens(db, { nameOrId, nowMs: Date.now() })
    if (revokedCount > 0) await auditOnHost(db, { action: 'revokeToken', target: nameOrId })
    return revokedCount
  })
  if (count === 0) throw new CliError(`there is no valid token with the name or id ${nameOrId}`)
  stdout.write(count === 1 ? `Revoked ${nameOrId}.\n` : `Revoked ${count} tokens named ${nameOrId}.\n`)
}
