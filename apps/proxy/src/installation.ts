import { createWorkspaceId } from '@slipway/core'
import type { Database } from './metadata/schema.ts'
import { ensureAccount, insertWorkspace } from './metadata/workspaces.ts'
import { defaultAccountName, defaultWorkspaceName } from './workspaces/default-workspace.ts'

/** What every installation has: the account and its default workspace. Repeating it changes nothing. */
export async function ensureInstallation(db: Database, { now }: { now: () => number }): Promise<void> {
  await ensureAccount(db, defaultAccountName)
  await insertWorkspace(db, {
    id: createWorkspaceId(),
    account: defaultAccountName,
    name: defaultWorkspaceName,
    created_at_ms: now(),
  })
}
