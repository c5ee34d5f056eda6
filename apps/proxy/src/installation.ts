import { createWorkspaceId } from '@slipway/core'
import type { Database } from './metadata/schema.ts'
import { ensureAccount, insertWorkspace } from './metadata/workspaces.ts'
import { defaultAccountName, defaultWorkspaceName } from './workspaces/default-workspace.ts'

export interface EnsureInstallationOptions {
  readonly now: () => number
  /** Default: the one of a self-hosted installation. */
  readonly account?: string
}

/** What every account has: itself and its default workspace. Repeating it changes nothing. */
export async function ensureInstallation(
  db: Database,
  { now, account = defaultAccountName }: EnsureInstallationOptions,
): Promise<void> {
  await ensureAccount(db, account)
  await insertWorkspace(db, {
    id: createWorkspaceId(),
    account,
    name: defaultWorkspaceName,
    created_at_ms: now(),
  })
}
