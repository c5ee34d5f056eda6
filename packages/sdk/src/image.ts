import type { ImageId, OperationResponse, UploadStatus } from '@slipway/core'

/** The named record of one image. */
export interface Image {
  readonly id: ImageId
  /** `sfc:image:<account>:<workspace>:<name>`; changes when the workspace is renamed, unlike `id`. */
  readonly resourcePath: string
  /** The account's name. */
  readonly owner: string
  /** The workspace's name. */
  readonly workspace: string
  /** Absent from some servers' answer to a creation. */
  readonly workspaceId?: string
  readonly name: string
  /** Absent from some servers' answer to a creation. */
  readonly isPublic?: boolean
  readonly uploadStatus: UploadStatus
  readonly createdAt: Date
  /** The declared digest, 64 hexadecimal digits, once completed. */
  readonly sha256: string | null
  readonly provider?: string | null
  /** True once the server itself has hashed the bytes; absent where the server does not say. */
  readonly sha256Verified?: boolean
  /** Why a failed image failed, where the server says. */
  readonly failureReason?: string
}

export function imageFromWire(wire: OperationResponse<'createImage'>): Image {
  return {
    id: wire.id as ImageId,
    resourcePath: wire.resource_path,
    owner: wire.owner,
    workspace: wire.workspace,
    name: wire.name,
    uploadStatus: wire.upload_status,
    createdAt: new Date(wire.created_at * 1000),
    sha256: wire.sha256,
    ...(wire.workspace_id === undefined ? {} : { workspaceId: wire.workspace_id }),
    ...(wire.is_public === undefined ? {} : { isPublic: wire.is_public }),
    ...(wire.provider === undefined ? {} : { provider: wire.provider }),
    ...(wire.sha256_verified === undefined ? {} : { sha256Verified: wire.sha256_verified }),
    ...(wire.failure_reason === undefined ? {} : { failureReason: wire.failure_reason }),
  }
}
