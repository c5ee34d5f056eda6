import type { OperationResponse, WireImage } from '@slipway/core'
import type { Image } from '../../images/service.ts'
import type { MappedWorkspace } from '../workspaces/workspace-directory.ts'

/** An image of the upstream under this server's names. One that is in no mapped workspace keeps the upstream's. */
export function toLocalImage(
  wire: WireImage,
  { workspace, isVerifiedHere }: { workspace: MappedWorkspace | undefined; isVerifiedHere: boolean },
): Image {
  const deletedAt = wire.deleted_at
  return {
    id: wire.id,
    account: workspace?.account ?? wire.owner,
    workspaceId: wire.workspace_id,
    workspaceName: workspace?.name ?? wire.workspace,
    name: wire.name,
    uploadStatus: wire.upload_status,
    sha256: wire.sha256,
    isSha256Verified: wire.sha256_verified === true || (isVerifiedHere && wire.sha256 !== null),
    isPublic: wire.is_public,
    isDefault: wire.is_default === true,
    createdAt: new Date(wire.created_at * 1000),
    deletedAt: typeof deletedAt === 'number' ? new Date(deletedAt * 1000) : null,
    failureReason: wire.failure_reason ?? null,
    provider: wire.provider ?? null,
  }
}

/** The public API's answer to a creation leaves out two fields, which are known. */
export function completeCreatedWire(
  wire: OperationResponse<'createImage'>,
  { workspaceId }: { workspaceId: string },
): WireImage {
  return { ...wire, workspace_id: wire.workspace_id ?? workspaceId, is_public: wire.is_public ?? false }
}
