import type { WorkspaceRef } from '@slipway/core'
import { workspaceNotFound } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import type { Connection, WorkspaceRow } from '../metadata/schema.ts'
import { findWorkspaceById, findWorkspaceByName } from '../metadata/workspaces.ts'

/**
 * The workspace that a reference names, if the caller may see it.
 * @throws {ApiError} workspace_not_found
 */
export async function requireWorkspace(
  db: Connection,
  { caller, ref }: { caller: Caller; ref: WorkspaceRef },
): Promise<WorkspaceRow> {
  const row = ref.kind === 'id' ? await findWorkspaceById(db, ref.id) : await findWorkspaceByName(db, ref.path)
  const isVisible = row?.account === caller.account && (caller.workspaceId ?? row.id) === row.id
  if (!row || !isVisible) throw workspaceNotFound()
  return row
}
