import type { Store, StoredImage, StoredWorkspace } from './store.ts'

export function toWireImage(store: Store, image: StoredImage): Record<string, unknown> {
  const { id, account, name, state, workspace } = image
  const workspaceName = store.has('paths-stay') ? image.firstWorkspaceName : workspace.name
  const wire: Record<string, unknown> = {
    id: store.has('writes-legacy-ids') ? id.replace('image_', 'vmi_') : id,
    resource_path: store.has('paths-of-ids')
      ? `sfc:image:${account}:${workspace.id}:${id}`
      : `sfc:image:${account}:${workspaceName}:${name}`,
    owner: account,
    workspace: workspaceName,
    workspace_id: workspace.id,
    name,
    is_public: state.isPublic,
    is_default: state.isDefault,
    object: 'image',
    upload_status: store.has('stays-started') && state.uploadStatus === 'uploading' ? 'started' : state.uploadStatus,
    created_at: timeOf(store, image.createdAtMs),
    sha256: state.sha256,
    sha256_verified: state.sha256 !== null,
    provider: null,
  }
  if (store.has('leaves-sha256-out') && state.sha256 === null) delete wire.sha256
  if (store.has('leaves-provider-out')) delete wire.provider
  if (store.has('leaves-workspace-id-out')) delete wire.workspace_id
  if (store.has('hides-verification')) delete wire.sha256_verified
  if (store.has('renames-status')) {
    wire.status = wire.upload_status
    delete wire.upload_status
  }
  return wire
}

export function toWireWorkspace(store: Store, { id, account, name, createdAtMs }: StoredWorkspace) {
  return {
    id,
    resource_path: `sfc:workspace:${account}:${name}`,
    ...(store.has('workspaces-without-owner') ? {} : { owner: account }),
    name,
    object: 'workspace',
    created_at: Math.floor(createdAtMs / 1000),
  }
}

function timeOf(store: Store, ms: number): number | string {
  if (store.has('tells-milliseconds')) return ms
  return store.has('tells-text-times') ? String(Math.floor(ms / 1000)) : Math.floor(ms / 1000)
}
