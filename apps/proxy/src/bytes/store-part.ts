import type { Readable } from 'node:stream'
import { isUploadable, limits } from '@slipway/core'
import { imageNotFound, notUploadable } from '../api-errors.ts'
import type { Deps } from '../deps.ts'
import { findImageById, stateOf } from '../metadata/images.ts'
import { claimManifestChange, upsertPart } from '../metadata/parts.ts'
import type { Connection } from '../metadata/schema.ts'

export type StorePartDeps = Pick<Deps, 'db' | 'blobs' | 'digests' | 'log'>

interface StorePartOptions {
  readonly imageId: string
  readonly partNumber: number
  readonly source: Readable
}

/**
 * Stores a part's bytes and, once they are durable, makes them the image's part in one transaction. Until then nothing has
 * changed; a crash in between leaves a blob that no row names, which the next start removes.
 * @returns the part's ETag
 */
export async function storePart(deps: StorePartDeps, options: StorePartOptions): Promise<string> {
  const { db, blobs, digests, log } = deps
  const { imageId, partNumber } = options
  const stored = await blobs.writePart({ ...options, maxSizeBytes: limits.maxPartSizeBytes })
  const { blobKey, sizeBytes, sha256 } = stored
  const etag = `"${sha256 === null ? blobKey : `sha256:${sha256}`}"`
  const removeBlob = async (key: string) => {
    await blobs.remove(key).catch((error) => log.warn({ err: error, key }, 'an unused blob stays until the next start'))
  }

  let replacedKey: string | undefined
  try {
    replacedKey = await db.transaction().execute(async (transaction) => {
      if (!(await claimManifestChange(transaction, imageId))) await refuseUpload(transaction, imageId)
      return await upsertPart(transaction, {
        image_id: imageId,
        part_number: partNumber,
        size_bytes: sizeBytes,
        sha256,
        etag,
        blob_key: blobKey,
      })
    })
  } catch (error) {
    await removeBlob(blobKey)
    throw error
  }
  digests.partCommitted(imageId, { partNumber, blobKey, sizeBytes })
  if (replacedKey !== undefined) await removeBlob(replacedKey)
  return etag
}

/** Refuses before any byte is sent what would be refused afterwards. @throws {ApiError} */
export async function assertAcceptsParts(db: Connection, imageId: string): Promise<void> {
  const image = await findImageById(db, imageId)
  if (!image || !isUploadable(stateOf(image))) await refuseUpload(db, imageId)
}

async function refuseUpload(db: Connection, imageId: string): Promise<never> {
  const image = await findImageById(db, imageId)
  if (!image || image.deleted_at_ms !== null) throw imageNotFound()
  throw notUploadable(image.upload_status)
}
