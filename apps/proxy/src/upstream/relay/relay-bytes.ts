import { limits } from '@slipway/core'
import { ApiError } from '../../api-error.ts'
import { invalidField } from '../../api-errors.ts'
import { assertCompletable } from '../../images/assert-completable.ts'
import {
  finishRelayedImage,
  forgetRelayedImage,
  listRelayedPartPage,
  listRelayedParts,
  relayedBytesBeside,
  relayedLimitOf,
  setRelayedLimit,
  verifiedRelayedImages,
} from '../../metadata/relayed-parts.ts'
import type { UpstreamBytes } from '../images/upstream-bytes.ts'
import { assertSizeAllowed } from '../policy/policy.ts'
import type { DownloadFacts } from './download-facts.ts'
import { hashListedParts } from './hash-listed-parts.ts'
import type { RelayContext } from './relay-context.ts'

export interface RelayBytesOptions {
  readonly context: RelayContext
  readonly downloads: DownloadFacts
  /** For upstreams that list parts themselves. */
  readonly direct: Pick<UpstreamBytes, 'listParts'>
}

/** Bytes pass through this server, by its own presigned URLs. */
export function createRelayBytes({ context, downloads, direct }: RelayBytesOptions): UpstreamBytes {
  const { db, policy, partUrls, byteUrls, gate, spool, features, now } = context
  const removeCopies = async (imageId: string) => {
    for (const { blob_key } of await listRelayedParts(db, imageId)) if (blob_key !== null) await spool?.remove(blob_key)
    await spool?.forget(imageId)
  }

  return {
    async issuePartUrl({ caller, imageId, partNumber, lengthBytes, origin }) {
      const maxSizeBytes = policy.maxSizeBytesOf(caller)
      if ((await relayedLimitOf(db, imageId)) !== maxSizeBytes) {
        await setRelayedLimit(db, { imageId, maxSizeBytes: maxSizeBytes ?? null, nowMs: now() })
      }
      if (maxSizeBytes !== undefined && lengthBytes !== undefined) {
        const otherBytes = await relayedBytesBeside(db, { imageId, partNumber })
        assertSizeAllowed({ maxSizeBytes, sizeBytes: otherBytes + lengthBytes })
      }
      await partUrls.renew(imageId, partNumber)
      return byteUrls.issue({ method: 'PUT', imageId, partNumber, lengthBytes }, origin)
    },
    async listParts({ imageId, limit, startingAfter }) {
      const theirs = await features.get()
      if (theirs?.list_parts && theirs.part_sha256) return await direct.listParts({ imageId, limit, startingAfter })
      const afterPartNumber = parsePartCursor(startingAfter)
      const { parts, hasMore } = await listRelayedPartPage(db, { imageId, afterPartNumber, limit })
      const items = (await hashListedParts(context, parts)).map(({ part_number, size_bytes, sha256, etag }) => ({
        partNumber: part_number,
        sizeBytes: size_bytes,
        sha256,
        etag,
      }))
      const last = items.at(-1)
      return { items, hasMore, cursor: last ? String(last.partNumber) : null }
    },
    completing: ({ imageId, sha256 }, complete) =>
      gate.exclusive(imageId, async () => {
        const isVerified = await isDigestOf(context, { imageId, sha256 })
        const completed = await complete()
        await removeCopies(imageId)
        await finishRelayedImage(db, { imageId, isVerified, nowMs: now() })
        return completed
      }),
    async issueDownload({ imageId, origin }) {
      const { sha256, sizeBytes } = await downloads.get(imageId)
      return { ...byteUrls.issue({ method: 'GET', imageId }, origin), sha256, sizeBytes }
    },
    verifiedAmong: (imageIds) => verifiedRelayedImages(db, imageIds),
    changed: (imageId) => downloads.forget(imageId),
    async removed(imageId) {
      await removeCopies(imageId)
      await forgetRelayedImage(db, imageId)
    },
  }
}

/**
 * @returns whether the bytes were hashed and have the digest; false where they could not be
 * @throws {ApiError} digest_mismatch, which loses nothing: parts can be sent again
 */
async function isDigestOf(
  { db, spool }: RelayContext,
  { imageId, sha256 }: { imageId: string; sha256: string },
): Promise<boolean> {
  const rows = await listRelayedParts(db, imageId)
  // What is missing here the upstream has, or will refuse for itself.
  if (!spool || rows.length === 0 || rows.at(-1)?.part_number !== rows.length) return false
  assertCompletable(rows.map(({ part_number, size_bytes }) => ({ partNumber: part_number, sizeBytes: size_bytes })))
  const computed = await spool.digestOf(imageId, rows)
  if (computed === undefined) return false
  if (computed === sha256) return true
  throw new ApiError({
    code: 'digest_mismatch',
    field: 'sha256',
    message:
      `the bytes of the ${rows.length} parts have the digest ${computed}, not the declared ${sha256}: ` +
      'send the parts that differ again, or declare the right digest',
  })
}

function parsePartCursor(text: string | undefined): number {
  if (text === undefined) return 0
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (partNumber <= limits.maxPartCount) return partNumber
  throw invalidField('starting_after', 'starting_after must be the cursor of an earlier page', 'invalid_cursor')
}
