import { createWorkspaceId, generateName } from '@slipway/core'
import { findWorkspace } from './find.ts'
import type { OperationRequest } from './operation-request.ts'
import { refuse } from './refusal.ts'
import type { Store } from './store.ts'
import { toWireWorkspace } from './wire.ts'

export function listWorkspaces({ store, caller }: OperationRequest) {
  const own = store.workspaces.filter(({ account, isDeleted }) => account === caller.account && !isDeleted)
  return {
    object: 'list',
    data: own.map((workspace) => toWireWorkspace(store, workspace)),
    has_more: false,
    cursor: null,
  }
}

export function getWorkspace({ store, caller, param }: OperationRequest) {
  return toWireWorkspace(store, findWorkspace(store, caller, decodeURIComponent(param)))
}

export function createWorkspace({ store, caller, body }: OperationRequest) {
  const name = body.name ?? generateName()
  assertFree(store, caller.account, name)
  return toWireWorkspace(store, store.addWorkspace(caller.account, name))
}

export function updateWorkspace({ store, caller, param, body }: OperationRequest) {
  const workspace = findWorkspace(store, caller, decodeURIComponent(param))
  if (body.name !== undefined && body.name !== workspace.name) {
    assertFree(store, caller.account, body.name)
    workspace.name = body.name
    if (store.has('renames-with-new-id')) workspace.id = createWorkspaceId()
  }
  return toWireWorkspace(store, workspace)
}

export function deleteWorkspace({ store, caller, param }: OperationRequest) {
  const workspace = findWorkspace(store, caller, decodeURIComponent(param))
  const isFull = [...store.images.values()].some((image) => image.workspace === workspace && !image.state.isDeleted)
  if (isFull && !store.has('deletes-full-workspaces')) {
    throw refuse(409, 'workspace_not_empty', 'the workspace has images: delete them first')
  }
  workspace.isDeleted = true
  return { object: 'workspace', deleted: true, name: workspace.name }
}

function assertFree(store: Store, account: string, name: string): void {
  const isTaken = store.workspaces.some((each) => each.account === account && each.name === name && !each.isDeleted)
  if (isTaken && !store.has('doubles-workspaces')) throw refuse(409, 'name_taken', `${name} is taken`, 'name')
}
