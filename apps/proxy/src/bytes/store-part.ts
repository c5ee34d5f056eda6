import { isUploadable, limits } from '@slipway/core'
import type { Logger } from 'pino'
import { imageNotFound, notUploadable } from '../api-errors.ts'
import type { BlobStore, StoredPart } from '../blobs/blob-store.ts'
import type { ByteSource } from '../blobs/byte-source.ts'
import type { DigestService } from '../digests/digest-service.ts'
import type { PartDigests } from '../digests/part-digests.ts'
import { addStoredBytes, storedBytesOf } from '../metadata/accounts.ts'
import { findImageById, type StoredImage, stateOf } from '../metadata/images.ts'
import { claimManifestChange, partBlobKeyOf, partSizeOf, upsertPart } from '../metadata/parts.ts'
import type { Connection, Database } from '../metadata/schema.ts'
import { CommitUnknownError, inTransaction } from '../metadata/transaction.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { assertWithinQuota } from './quota.ts'

export interface StorePartDeps {
  readonly db: Database
  readonly blobs: BlobStore
  readonly digests: DigestService
  readonly partDigests: PartDigests
  readonly log: Pick<Logger, 'warn'>
  readonly now: () => number
  readonly quotaBytes: number | undefined
  readonly metrics: Pick<Metrics, 'addReceivedBytes'>
}

interface StorePartOptions {
  readonly imageId: string
  readonly partNumber: number
  readonly source: ByteSource
}

/**
 * Stores a part's bytes and, once they are durable, makes them the image's part in one transaction. Until then nothing has
 * changed; a crash in between leaves a blob that no row names, which the next start removes.
 * @returns the part's ETag
 */
export async function storePart(deps: StorePartDeps, options: StorePartOptions): Promise<string> {
  const arrived = deps.partDigests.arriving()
  try {
    return await storeArriving(deps, options)
  } finally {
    arrived()
  }
}

async function storeArriving(deps: StorePartDeps, options: StorePartOptions): Promise<string> {
  const { blobs, digests } = deps
  const { imageId, partNumber } = options
  let hashedKey: string | undefined
  try {
    const stored = await blobs.writePart({
      ...options,
      maxSizeBytes: limits.maxPartSizeBytes,
      onProgress(progress) {
        hashedKey = progress.blobKey
        digests.partArriving(imageId, { partNumber, ...progress })
      },
    })
    return await commitPart(deps, { imageId, partNumber, ...stored })
  } catch (error) {
    if (hashedKey !== undefined) digests.partAbandoned(imageId, hashedKey)
    throw error
  }
}

interface WrittenPart extends StoredPart {
  readonly imageId: string
  readonly partNumber: number
}

async function commitPart(deps: StorePartDeps, part: WrittenPart): Promise<string> {
  const { db, blobs, digests, partDigests, log, now, quotaBytes } = deps
  const { imageId, partNumber, blobKey, sizeBytes } = part
  const etag = etagOf(blobKey)
  const removeBlob = async (key: string) => {
    await blobs.remove(key).catch((error) => log.warn({ err: error, key }, 'an unused blob stays until the next start'))
  }

  let replacedKey: string | undefined
  try {
    replacedKey = await inTransaction(db, async (transaction) => {
      if (!(await claimManifestChange(transaction, { imageId, nowMs: now() }))) await refuseUpload(transaction, imageId)
      const replaced = await upsertPart(transaction, {
        image_id: imageId,
        part_number: partNumber,
        size_bytes: sizeBytes,
        // The hashing thread tells it later: see `digests/`.
        sha256: null,
        etag,
        blob_key: blobKey,
      })
      const addedBytes = sizeBytes - (replaced?.size_bytes ?? 0)
      const { account } = await requireImage(transaction, imageId)
      const storedBytes = await addStoredBytes(transaction, { account, sizeBytes: addedBytes })
      assertWithinQuota({ storedBytes: storedBytes - addedBytes, addedBytes, quotaBytes })
      return replaced?.blob_key
    })
  } catch (error) {
    if (!(error instanceof CommitUnknownError)) {
      await removeBlob(blobKey)
      throw error
    }
    // The part may be the image's by now, or a moment later: its bytes must stay. The next start removes them otherwise.
    if ((await partBlobKeyOf(db, { imageId, partNumber })) !== blobKey) throw error
  }
  deps.metrics.addReceivedBytes(sizeBytes)
  digests.partCommitted(imageId, { partNumber, blobKey, sizeBytes })
  partDigests.want(imageId, { partNumber, blobKey, sizeBytes })
  if (replacedKey !== undefined) await removeBlob(replacedKey)
  return etag
}

/** A blob is never written twice, so that its name tells two versions of a part apart; the image's folder is no news. */
function etagOf(blobKey: string): string {
  return `"${blobKey.slice(blobKey.indexOf('/') + 1).replace(/\.part$/, '')}"`
}

interface AnnouncedPart {
  readonly imageId: string
  readonly partNumber: number
  /** 0 when the length is not known beforehand. */
  readonly sizeBytes: number
}

/** Refuses before any byte is sent what would be refused afterwards. @throws {ApiError} */
export async function assertAcceptsParts(
  { db, quotaBytes }: Pick<StorePartDeps, 'db' | 'quotaBytes'>,
  { imageId, partNumber, sizeBytes }: AnnouncedPart,
): Promise<void> {
  const image = await findImageById(db, imageId)
  if (!image || !isUploadable(stateOf(image))) return await refuseUpload(db, imageId)
  if (quotaBytes === undefined) return
  const replacedBytes = await partSizeOf(db, { imageId, partNumber })
  const storedBytes = await storedBytesOf(db, image.account)
  assertWithinQuota({ storedBytes, addedBytes: sizeBytes - replacedBytes, quotaBytes })
}

async function refuseUpload(db: Connection, imageId: string): Promise<never> {
  const image = await requireImage(db, imageId)
  throw notUploadable(image.upload_status)
}

async function requireImage(db: Connection, imageId: string): Promise<StoredImage> {
  const image = await findImageById(db, imageId)
  if (!image || image.deleted_at_ms !== null) throw imageNotFound()
  return image
}
