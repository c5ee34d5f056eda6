import { formatWorkspacePath, type Name, type WireWorkspace, type WorkspaceRef } from '@slipway/core'
import { workspaceNotFound } from '../../api-errors.ts'
import type { Caller } from '../../auth/authenticate.ts'
import { defaultAccountName } from '../../workspaces/default-workspace.ts'
import type { Workspace } from '../../workspaces/service.ts'
import type { PolicyGuard } from '../policy/policy.ts'
import type { Profile } from '../policy/profile.ts'
import type { UpstreamApi } from '../transport/upstream-api.ts'

/** A workspace under both of its names. The id is the upstream's. */
export interface MappedWorkspace extends Workspace {
  readonly upstreamAccount: string
  readonly upstreamName: string
}

/** The upstream's workspaces as callers of this server see them. */
export interface WorkspaceDirectory {
  /** What the caller may see. */
  list(caller: Caller): Promise<MappedWorkspace[]>
  /** @throws {ApiError} workspace_not_found, or outside_policy */
  require(request: { readonly caller: Caller; readonly ref: WorkspaceRef }): Promise<MappedWorkspace>
  /** Whoever asks: undefined for what is not mapped, or not the upstream account's own. */
  findById(id: string): Promise<MappedWorkspace | undefined>
  findByName(name: string): Promise<MappedWorkspace | undefined>
  /** What was changed through this server is seen at once. */
  forget(): void
}

export interface WorkspaceDirectoryOptions {
  readonly api: UpstreamApi
  readonly policy: PolicyGuard
  readonly profile: () => Profile
  readonly now: () => number
}

/** Others may rename and create workspaces on the upstream; so much later it is seen here. */
const freshMs = 15_000
/** A name that is not known is looked for anew, but not more often than this. */
const missFreshMs = 1000

export function createWorkspaceDirectory({ api, policy, profile, now }: WorkspaceDirectoryOptions): WorkspaceDirectory {
  let known: { readonly wires: readonly WireWorkspace[]; readonly atMs: number } | undefined
  let fetching: Promise<readonly WireWorkspace[]> | undefined
  let generation = 0

  const fetchAll = async () => {
    const startedIn = generation
    const { data } = await api.call('listWorkspaces')
    if (startedIn === generation) known = { wires: data, atMs: now() }
    return data
  }
  const mapped = async (maxAgeMs: number): Promise<MappedWorkspace[]> => {
    if (!known || now() - known.atMs > maxAgeMs) {
      fetching ??= fetchAll().finally(() => {
        fetching = undefined
      })
      try {
        return applyMapping(await fetching, profile())
      } catch (error) {
        // The names of a moment ago serve while the upstream does not answer.
        if (!known) throw error
      }
    }
    return applyMapping(known?.wires ?? [], profile())
  }
  const search = async (matches: (workspace: MappedWorkspace) => boolean) =>
    (await mapped(freshMs)).find(matches) ?? (await mapped(missFreshMs)).find(matches)

  return {
    async list(caller) {
      if (caller.account !== defaultAccountName) return []
      const all = await mapped(freshMs)
      return all.filter(({ id, name }) => (caller.workspaceId ?? id) === id && policy.isWorkspaceVisible(caller, name))
    },
    async require({ caller, ref }) {
      if (caller.account !== defaultAccountName) throw workspaceNotFound()
      const found = await search((workspace) =>
        ref.kind === 'id'
          ? workspace.id === ref.id
          : workspace.account === ref.path.account && workspace.name === ref.path.name,
      )
      if (!found || (caller.workspaceId ?? found.id) !== found.id) throw workspaceNotFound()
      policy.assertWorkspace(caller, found.name)
      return found
    },
    findById: (id) => search((workspace) => workspace.id === id),
    findByName: (name) => search((workspace) => workspace.name === name),
    forget() {
      generation++
      known = undefined
      fetching = undefined
    },
  }
}

function applyMapping(wires: readonly WireWorkspace[], { workspaces }: Profile): MappedWorkspace[] {
  if (workspaces === undefined) return wires.map((wire) => toMapped(wire, wire.name))
  return Object.entries(workspaces).flatMap(([name, target]) => {
    const wire = wires.find((candidate) => isTarget(candidate, target))
    return wire ? [toMapped(wire, name)] : []
  })
}

function isTarget(wire: WireWorkspace, target: string): boolean {
  return target === wire.id || target === wire.name || target === upstreamPathOf(wire)
}

function upstreamPathOf({ owner, name }: WireWorkspace): string {
  return formatWorkspacePath({ account: owner as Name, name: name as Name })
}

function toMapped(wire: WireWorkspace, name: string): MappedWorkspace {
  return {
    id: wire.id,
    account: defaultAccountName,
    name,
    createdAt: new Date(wire.created_at * 1000),
    upstreamAccount: wire.owner,
    upstreamName: wire.name,
  }
}
