import type { WorkspaceRef } from '@slipway/core'
import { nameTaken } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { findImageByName } from '../metadata/images.ts'
import type { Connection } from '../metadata/schema.ts'
import { requireWorkspace } from '../workspaces/find-workspace.ts'

interface WantedName {
  readonly caller: Caller
  readonly workspace: WorkspaceRef
  /** Undefined: the server makes one up. */
  readonly name: string | undefined
}

/**
 * Refuses early what the insertion would refuse; only the insertion decides.
 * @throws {ApiError} workspace_not_found, name_taken
 */
export async function assertNameFree(db: Connection, { caller, workspace, name }: WantedName): Promise<void> {
  const { account, name: workspaceName } = await requireWorkspace(db, { caller, ref: workspace })
  if (name === undefined) return
  if (await findImageByName(db, { account, workspace: workspaceName, name })) throw nameTaken(name, 'image')
}
