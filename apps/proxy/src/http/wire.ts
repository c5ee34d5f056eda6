import {
  formatImagePath,
  formatWorkspacePath,
  type Name,
  type Role,
  type WireImage,
  type WirePart,
  type WireToken,
  type WireWorkspace,
} from '@slipway/core'
import type { Image, Part } from '../images/service.ts'
import type { TokenRow } from '../metadata/schema.ts'
import type { Workspace } from '../workspaces/service.ts'

// Names as they travel; `snake_case` ends here.

export function toWireImage(image: Image): WireImage {
  return {
    id: image.id,
    resource_path: formatImagePath({
      account: image.account as Name,
      workspace: image.workspaceName as Name,
      name: image.name as Name,
    }),
    owner: image.account,
    workspace: image.workspaceName,
    workspace_id: image.workspaceId,
    name: image.name,
    is_public: image.isPublic,
    is_default: image.isDefault,
    object: 'image',
    upload_status: image.uploadStatus,
    created_at: toUnixSeconds(image.createdAt),
    ...(image.deletedAt ? { deleted_at: toUnixSeconds(image.deletedAt) } : {}),
    sha256: image.sha256,
    sha256_verified: image.isSha256Verified,
    ...(image.failureReason === null ? {} : { failure_reason: image.failureReason }),
    provider: image.provider ?? null,
  }
}

export function toWireWorkspace({ id, account, name, createdAt }: Workspace): WireWorkspace {
  return {
    id,
    resource_path: formatWorkspacePath({ account: account as Name, name: name as Name }),
    owner: account,
    name,
    object: 'workspace',
    created_at: toUnixSeconds(createdAt),
  }
}

export function toWirePart({ partNumber, sizeBytes, sha256, etag }: Part): WirePart {
  return { part_id: partNumber, size: sizeBytes, ...(sha256 === null ? {} : { sha256 }), etag }
}

export function toWireToken(row: TokenRow): WireToken {
  const seconds = (ms: number | null) => (ms === null ? null : toUnixSeconds(new Date(ms)))
  return {
    id: row.id,
    object: 'token',
    name: row.name,
    role: row.role as Role,
    workspace_id: row.workspace_id,
    created_at: toUnixSeconds(new Date(row.created_at_ms)),
    expires_at: seconds(row.expires_at_ms),
    last_used_at: seconds(row.last_used_at_ms),
    revoked_at: seconds(row.revoked_at_ms),
  }
}

export function toUnixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
