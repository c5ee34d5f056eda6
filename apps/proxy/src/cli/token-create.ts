import { InvalidValueError, parseName, parseWorkspaceRef, type Role, type WorkspaceRef } from '@slipway/core'
import { createToken } from '../auth/tokens.ts'
import { ensureInstallation } from '../installation.ts'
import { requireWorkspace } from '../workspaces/find-workspace.ts'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command.ts'
import { auditOnHost } from './host-audit.ts'
import { hostCaller } from './host-caller.ts'
import { withDatabase } from './with-database.ts'

const dayMs = 86_400_000
/** A hundred years: further than that is a slip of the keyboard. */
const maxExpiryDays = 36_500

export async function tokenCreate(
  args: Readonly<Record<string, unknown>>,
  { env, stdout }: CommandContext,
): Promise<void> {
  const name = parseNameFlag(args.name, '--name')
  const account = parseNameFlag(args.account, '--account')
  const role = args.role as Role
  const nowMs = Date.now()
  const expiresAtMs = nowMs + parseDays(args['expires-in']) * dayMs
  const workspace = args.workspace === undefined ? undefined : readWorkspace(String(args.workspace), account)
  const { token, row } = await withDatabase({ args, env, mayBegin: true }, async (db) => {
    await ensureInstallation(db, { account, now: () => nowMs })
    const caller = { ...hostCaller, account }
    const workspaceId = workspace && (await requireWorkspace(db, { caller, ref: workspace })).id
    const created = await createToken(db, { name, role, account, workspaceId, nowMs, expiresAtMs })
    await auditOnHost(db, { action: 'createToken', target: created.row.id })
    return created
  })
  if (args.quiet) {
    stdout.write(`${token}\n`)
    return
  }
  stdout.write(
    `${token}\n\n` +
      `Token ${row.id} (${name}), role ${role}, ` +
      `${row.workspace_id === null ? 'all workspaces' : `workspace ${row.workspace_id}`}, expires ${new Date(expiresAtMs).toISOString()}.\n` +
      'It is shown this once: only its hash is stored.\n',
  )
}

/** By id, by path, or by the name alone, which is one of the token's account. */
function readWorkspace(text: string, account: string): WorkspaceRef {
  try {
    return parseWorkspaceRef(/^wksp_|:/.test(text) ? text : `sfc:workspace:${account}:${text}`, '--workspace')
  } catch (error) {
    if (error instanceof InvalidValueError) throw new CliError(error.message, { exitCode: 2 })
    throw error
  }
}

function parseNameFlag(value: unknown, flag: string): string {
  try {
    return parseName(value, flag)
  } catch (error) {
    if (error instanceof InvalidValueError) throw new CliError(error.message, { exitCode: 2 })
    throw error
  }
}

function parseDays(value: unknown): number {
  const days = /^\d{1,6}$/.test(String(value)) ? Number(value) : 0
  if (days >= 1 && days <= maxExpiryDays) return days
  throw new CliError(`--expires-in must be a whole number of days from 1 to ${maxExpiryDays}`, { exitCode: 2 })
}
