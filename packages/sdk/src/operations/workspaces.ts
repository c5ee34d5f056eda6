import type { WireWorkspace } from '@slipway/core'
import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { createPagedList, type PagedList } from '../paged-list.ts'

export interface Workspace {
  readonly id: string
  /** `sfc:workspace:<account>:<name>`; changes when the workspace is renamed, unlike `id`. */
  readonly resourcePath: string
  readonly owner: string
  readonly name: string
  readonly createdAt: Date
}

export function listWorkspaces(transport: Transport, { signal }: RequestOptions = {}): PagedList<Workspace> {
  return createPagedList(async () => {
    const page = await callOperation(transport, 'listWorkspaces', { signal })
    return { items: page.data.map(workspaceFromWire), hasMore: false, cursor: null }
  })
}

export async function createWorkspace(
  transport: Transport,
  { name, signal }: RequestOptions & { readonly name?: string | undefined } = {},
): Promise<Workspace> {
  return workspaceFromWire(await callOperation(transport, 'createWorkspace', { body: { name }, signal }))
}

export async function getWorkspace(
  transport: Transport,
  workspace: string,
  { signal }: RequestOptions = {},
): Promise<Workspace> {
  return workspaceFromWire(await callOperation(transport, 'getWorkspace', { params: { workspace }, signal }))
}

/** Resource paths of the workspace and its images follow; ids stay. */
export async function renameWorkspace(
  transport: Transport,
  workspace: string,
  { name, signal }: RequestOptions & { readonly name: string },
): Promise<Workspace> {
  return workspaceFromWire(
    await callOperation(transport, 'updateWorkspace', { params: { workspace }, body: { name }, signal }),
  )
}

/** Refused while the workspace holds images. */
export async function deleteWorkspace(
  transport: Transport,
  workspace: string,
  { signal }: RequestOptions = {},
): Promise<void> {
  await callOperation(transport, 'deleteWorkspace', { params: { workspace }, signal })
}

function workspaceFromWire(wire: WireWorkspace): Workspace {
  return {
    id: wire.id,
    resourcePath: wire.resource_path,
    owner: wire.owner,
    name: wire.name,
    createdAt: new Date(wire.created_at * 1000),
  }
}
