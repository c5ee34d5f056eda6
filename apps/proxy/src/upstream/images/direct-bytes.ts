import { ApiError } from '../../api-error.ts'
import type { UpstreamApi } from '../transport/upstream-api.ts'
import type { UpstreamBytes } from './upstream-bytes.ts'
import type { UpstreamFeatures } from './upstream-features.ts'

const nothing: ReadonlySet<string> = new Set()

/** Bytes go between the client and the upstream, by the upstream's own presigned URLs. */
export function createDirectBytes({ api, features }: { api: UpstreamApi; features: UpstreamFeatures }): UpstreamBytes {
  return {
    async issuePartUrl({ imageId, partNumber, lengthBytes }) {
      const isBound = lengthBytes !== undefined && (await features.get())?.part_content_length === true
      const body = { part_id: partNumber, ...(isBound ? { content_length: lengthBytes } : {}) }
      const { url, expires_at } = await api.call('createPartUrl', { params: { id: imageId }, body })
      return { url, expiresAt: new Date(expires_at * 1000) }
    },
    async listParts({ imageId, limit, startingAfter }) {
      if ((await features.get())?.list_parts !== true) throw noPartList()
      const page = await api.call('listParts', {
        params: { id: imageId },
        query: { limit, ...(startingAfter === undefined ? {} : { starting_after: startingAfter }) },
      })
      const items = page.data.map((part) => ({
        partNumber: part.part_id,
        sizeBytes: part.size,
        sha256: part.sha256 ?? null,
        etag: part.etag,
      }))
      return { items, hasMore: page.has_more, cursor: page.cursor }
    },
    completing: (_, complete) => complete(),
    async issueDownload({ imageId }) {
      const { url, expires_at, sha256, size } = await api.call('getImageDownload', { params: { id: imageId } })
      return { url, expiresAt: new Date(expires_at * 1000), sha256, sizeBytes: size }
    },
    verifiedAmong: async () => nothing,
    changed: () => undefined,
    removed: async () => undefined,
  }
}

function noPartList(): ApiError {
  return new ApiError({
    code: 'unknown_path',
    message: 'the upstream does not list parts: GET /v2/capabilities tells what is served here',
  })
}
