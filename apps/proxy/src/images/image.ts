import type { StoredImage } from '../metadata/images.ts'
import type { Image } from './service.ts'

export function toImage(row: StoredImage): Image {
  return {
    id: row.id,
    account: row.account,
    workspaceId: row.workspace_id,
    workspaceName: row.workspace_name,
    name: row.name,
    uploadStatus: row.upload_status,
    sha256: row.sha256,
    failureReason: row.failure_reason,
    isSha256Verified: row.is_sha256_verified === 1,
    isPublic: row.is_public === 1,
    isDefault: row.is_default === 1,
    createdAt: new Date(row.created_at_ms),
    deletedAt: row.deleted_at_ms === null ? null : new Date(row.deleted_at_ms),
  }
}
