import { limits, type WorkspaceRef } from '@slipway/core'
import type { Deps } from '../deps.ts'
import type { RequestedEvent } from '../images/service.ts'
import { version } from '../version.ts'
import type { Workspace } from '../workspaces/service.ts'
import { readImageRef, readListScope, readWorkspaceLookup, readWorkspaceRef } from './references.ts'
import type { OperationHandlers, OperationRequest } from './serve-operation.ts'
import { toUnixSeconds, toWireImage, toWirePart, toWireToken, toWireWorkspace } from './wire.ts'

type ImageOperation = 'deleteImage' | 'revokeImage' | 'reinstateImage' | 'publishImage' | 'setDefaultImage'

/** Every operation of the contract, from wire to service and back. */
export function createHandlers({
  images,
  workspaces,
  tokens,
  storage,
  upstream,
}: Pick<Deps, 'images' | 'workspaces' | 'tokens' | 'storage' | 'upstream'>): OperationHandlers {
  const change = async (type: RequestedEvent['type'], { caller, params }: OperationRequest<ImageOperation>) =>
    await images.change({ caller, ref: readImageRef(params.id), event: { type } })

  return {
    async createImage({ caller, body, idempotencyKey }) {
      const workspace = readWorkspaceRef(body.workspace)
      return toWireImage(await images.create({ caller, workspace, name: body.name ?? undefined, idempotencyKey }))
    },
    async listImages({ caller, query }) {
      const { workspace } = query
      const page = await images.list({
        caller,
        scope: workspace === undefined ? undefined : readListScope(workspace),
        refs: query.id?.map(readImageRef),
        includeDeleted: query.include_deleted,
        limit: query.limit,
        startingAfter: query.starting_after,
        endingBefore: query.ending_before,
      })
      return { object: 'list', data: page.items.map(toWireImage), has_more: page.hasMore, cursor: page.cursor }
    },
    async getImage({ caller, params }) {
      return toWireImage(await images.get({ caller, ref: readImageRef(params.id) }))
    },
    async deleteImage(request) {
      const { name } = await change('deleted', request)
      return { object: 'image', deleted: true, name }
    },
    async createPartUrl({ caller, params, body, origin }) {
      const ref = readImageRef(params.id)
      const { part_id: partNumber, content_length: lengthBytes } = body
      const { url, expiresAt } = await images.issuePartUrl({ caller, ref, partNumber, lengthBytes, origin: origin() })
      return { url, expires_at: toUnixSeconds(expiresAt) }
    },
    async listParts({ caller, params, query }) {
      const ref = readImageRef(params.id)
      const { limit, starting_after: startingAfter } = query
      const page = await images.listParts({ caller, ref, limit, startingAfter })
      return { object: 'list', data: page.items.map(toWirePart), has_more: page.hasMore, cursor: page.cursor }
    },
    async completeImage({ caller, params, body }) {
      return toWireImage(await images.complete({ caller, ref: readImageRef(params.id), sha256: body.sha256 }))
    },
    async getImageDownload({ caller, params, origin }) {
      const download = await images.issueDownload({ caller, ref: readImageRef(params.id), origin: origin() })
      return {
        url: download.url,
        expires_at: toUnixSeconds(download.expiresAt),
        sha256: download.sha256,
        size: download.sizeBytes,
      }
    },
    revokeImage: async (request) => toWireImage(await change('revoked', request)),
    reinstateImage: async (request) => toWireImage(await change('reinstated', request)),
    publishImage: async (request) => toWireImage(await change('published', request)),
    setDefaultImage: async (request) => toWireImage(await change('made_default', request)),
    async listWorkspaces({ caller, query }) {
      const refs = query.id?.map((text) => readWorkspaceLookup(text, caller))
      const found = (await workspaces.list(caller)).filter((workspace) => refs?.some(names(workspace)) ?? true)
      const data = found.map(toWireWorkspace)
      return { object: 'list', data, has_more: false, cursor: null }
    },
    async createWorkspace({ caller, body }) {
      return toWireWorkspace(await workspaces.create({ caller, name: body.name ?? undefined }))
    },
    async getWorkspace({ caller, params }) {
      return toWireWorkspace(await workspaces.get({ caller, ref: readWorkspaceLookup(params.workspace, caller) }))
    },
    async updateWorkspace({ caller, params, body }) {
      const ref = readWorkspaceLookup(params.workspace, caller)
      return toWireWorkspace(await workspaces.rename({ caller, ref, name: body.name ?? undefined }))
    },
    async deleteWorkspace({ caller, params }) {
      const { name } = await workspaces.remove({ caller, ref: readWorkspaceLookup(params.workspace, caller) })
      return { object: 'workspace', deleted: true, name }
    },
    async listTokens({ caller }) {
      return { object: 'list', data: (await tokens.list(caller)).map(toWireToken), has_more: false, cursor: null }
    },
    async createToken({ caller, body }) {
      const { name, role, expires_in_days: expiresInDays } = body
      const workspace = body.workspace === undefined ? undefined : readWorkspaceRef(body.workspace)
      const { token, row } = await tokens.create({ caller, name, role, workspace, expiresInDays })
      return { ...toWireToken(row), token }
    },
    async revokeToken({ caller, params }) {
      await tokens.revoke({ caller, id: params.token })
      return { object: 'token', revoked: true, id: params.token }
    },
    async getAccount({ caller }) {
      return { id: caller.account, object: 'account', role: caller.role, is_frozen: false }
    },
    async getCapabilities() {
      if (upstream) return await upstream.capabilities()
      const { hasPartDigests, verifiesBeforeCompletion } = storage.bytes.abilities
      return { ...capabilities, part_sha256: hasPartDigests, verifies_sha256: verifiesBeforeCompletion }
    },
  }
}

/** Whether a reference is one to this workspace. */
function names({ id, account, name }: Workspace) {
  return (ref: WorkspaceRef) =>
    ref.kind === 'id' ? ref.id === id : ref.path.account === account && ref.path.name === name
}

const capabilities = {
  object: 'capabilities',
  server: `slipway-proxy/${version}`,
  list_parts: true,
  part_content_length: true,
  idempotency_key: true,
  limits: {
    max_image_size: limits.maxImageSizeBytes,
    min_part_size: limits.minPartSizeBytes,
    max_part_size: limits.maxPartSizeBytes,
    max_parts: limits.maxPartCount,
  },
} as const
