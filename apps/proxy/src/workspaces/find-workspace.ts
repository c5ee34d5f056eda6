import type { WorkspaceRef } from '@slipway/core'
import { workspaceNotFound } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import type { Connection, WorkspaceRow } from '../metadata/schema.ts'
import { findWorkspaceById, findWorkspaceByName } from '../metadata/workspaces.ts'

interface RequireWorkspaceOptions {
  readonly caller: Caller
  readonly ref: WorkspaceRef
  /** In a transaction: the workspace cannot be deleted before it ends. Default: false. */
  readonly isKept?: boolean
}

/**
 * The workspace that a reference names, if the caller may see it.
 * @throws {ApiError} workspace_not_found
 */
export async function requireWorkspace(
  db: Connection,
  { caller, ref, isKept = false }: RequireWorkspaceOptions,
): Promise<WorkspaceRow> {
  const row =
    ref.kind === 'id'
      ? await findWorkspaceById(db, ref.id, { isKept })
      : await findWorkspaceByName(db, ref.path, { isKept })
  const isVisible = row?.account === caller.account && (caller.workspaceId ?? row.id) === row.id
  if (!row || !isVisible) throw workspaceNotFound()
  return row
}
