import { ApiError } from '../../api-error.ts'
import type { Caller } from '../../auth/authenticate.ts'
import { defaultAccountName } from '../../workspaces/default-workspace.ts'
import { assertWholeAccount, type WorkspacesService } from '../../workspaces/service.ts'
import type { PolicyGuard } from '../policy/policy.ts'
import type { Profile } from '../policy/profile.ts'
import type { UpstreamApi } from '../transport/upstream-api.ts'
import type { WorkspaceDirectory } from './workspace-directory.ts'

export interface UpstreamWorkspacesOptions {
  readonly api: UpstreamApi
  readonly directory: WorkspaceDirectory
  readonly policy: PolicyGuard
  readonly profile: () => Profile
}

/** Workspaces of the upstream. Where the operator's profile maps them, only the operator changes them. */
export function createUpstreamWorkspacesService(options: UpstreamWorkspacesOptions): WorkspacesService {
  const { api, directory, policy, profile } = options
  const assertMayManage = (caller: Caller) => {
    assertWholeAccount(caller)
    if (profile().workspaces !== undefined || caller.account !== defaultAccountName) throw mappedByOperator()
  }
  const changed = async <Result>(change: Promise<Result>) => await change.finally(() => directory.forget())

  return {
    list: (caller) => directory.list(caller),
    async create({ caller, name }) {
      assertMayManage(caller)
      if (name !== undefined) policy.assertWorkspace(caller, name)
      const wire = await changed(api.call('createWorkspace', { body: { name } }))
      return { id: wire.id, account: defaultAccountName, name: wire.name, createdAt: new Date(wire.created_at * 1000) }
    },
    get: (request) => directory.require(request),
    async rename({ name, ...request }) {
      const workspace = await directory.require(request)
      if (name === undefined || name === workspace.name) return workspace
      assertMayManage(request.caller)
      policy.assertWorkspace(request.caller, name)
      await changed(api.call('updateWorkspace', { params: { workspace: workspace.id }, body: { name } }))
      return { ...workspace, name }
    },
    async remove(request) {
      const workspace = await directory.require(request)
      assertMayManage(request.caller)
      await changed(api.call('deleteWorkspace', { params: { workspace: workspace.id } }))
      return workspace
    },
  }
}

function mappedByOperator(): ApiError {
  return new ApiError({
    code: 'outside_policy',
    field: 'workspaces',
    message:
      "this server's workspaces are mapped by its operator's profile (workspaces): ask the operator to change them",
  })
}
