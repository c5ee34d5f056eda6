import { limits, type OperationName } from '@slipway/core'
import { change, deleteImage, getImage, getImageDownload } from './image-operations.ts'
import { listImages } from './list-operations.ts'
import type { OperationHandler } from './operation-request.ts'
import type { Store } from './store.ts'
import { completeImage, createImage, createPartUrl, listParts } from './upload-operations.ts'
import {
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  listWorkspaces,
  updateWorkspace,
} from './workspace-operations.ts'

/** Tokens are no matter of the contract: how they come about is the server's own. */
export type ServedOperation = Exclude<OperationName, 'listTokens' | 'createToken' | 'revokeToken'>

export const handlers: Readonly<Record<ServedOperation, OperationHandler>> = {
  createImage,
  listImages,
  getImage,
  deleteImage,
  createPartUrl,
  listParts,
  completeImage,
  getImageDownload,
  revokeImage: change('revoked'),
  reinstateImage: change('reinstated'),
  publishImage: change('published'),
  setDefaultImage: change('made_default'),
  listWorkspaces,
  createWorkspace,
  getWorkspace,
  updateWorkspace,
  deleteWorkspace,
  getAccount: ({ store, caller }) => ({
    id: caller.account,
    role: caller.role,
    ...(store.has('freezes-accounts') ? {} : { is_frozen: false }),
  }),
  getCapabilities: ({ store }) => ({
    object: 'capabilities',
    server: 'reference/1.0.0',
    list_parts: true,
    part_sha256: true,
    verifies_sha256: true,
    part_content_length: true,
    idempotency_key: true,
    ...(store.has('announces-no-limits') ? {} : { limits: announcedLimits(store) }),
  }),
}

function announcedLimits(store: Store) {
  return {
    max_image_size: limits.maxImageSizeBytes,
    min_part_size: store.has('announces-other-limits') ? 1 : limits.minPartSizeBytes,
    max_part_size: limits.maxPartSizeBytes,
    max_parts: limits.maxPartCount,
  }
}
