import { isUploadable } from '@slipway/core'
import { ApiError } from '../../api-error.ts'
import { assertWithinQuota } from '../../bytes/quota.ts'
import { storedBytesOf } from '../../metadata/accounts.ts'
import { markCompletionBegun } from '../../metadata/begun-completions.ts'
import { type StoredImage, stateOf } from '../../metadata/images.ts'
import { claimManifestChange } from '../../metadata/parts.ts'
import type { Database } from '../../metadata/schema.ts'
import type { ImageBytes, StorageAbilities } from '../image-bytes.ts'
import type { S3Location } from '../storage-url.ts'
import { assembleObject } from './assemble-object.ts'
import { objectKeyOf } from './object-key.ts'
import type { ObjectStore, UploadKey } from './object-store.ts'
import { isMissingUpload, StoreError } from './store-error.ts'

export interface S3ImageBytesOptions {
  readonly db: Database
  readonly store: ObjectStore
  readonly location: S3Location
  readonly now: () => number
  readonly quotaBytes: number | undefined
  readonly abilities: StorageAbilities
  readonly onDiscardFailure: (error: unknown) => void
  /**
   * Hashes the assembled object before its completion is recorded. @returns the digest, or undefined: that is done afterwards
   */
  readonly hashFirst: (row: StoredImage, sizeBytes: number) => Promise<string | undefined>
  /** See {@link ImageBytes.completed}. */
  readonly completed: ImageBytes['completed']
}

/** Nobody tells when a part lands: an upload lives on while URLs are asked for, noted no more often than this. */
const touchIntervalMs = 600_000

/** One object an image, made by a multipart upload that clients feed by the store's own presigned URLs. */
export function createS3ImageBytes(options: S3ImageBytesOptions): ImageBytes {
  const { db, store, location, now, quotaBytes, abilities, onDiscardFailure, completed, hashFirst } = options
  const keyOf = (imageId: string) => objectKeyOf(location, imageId)
  const assertRoomFor = async (row: StoredImage, addedBytes: number) => {
    if (quotaBytes === undefined) return
    assertWithinQuota({ storedBytes: await storedBytesOf(db, row.account), addedBytes, quotaBytes })
  }

  return {
    abilities,
    completed,
    begin: (imageId) => store.createUpload(keyOf(imageId)),
    async discard(imageId, uploadId) {
      await store.abortUpload({ key: keyOf(imageId), uploadId }).catch(onDiscardFailure)
    },
    async issuePartUrl(row, { partNumber, lengthBytes }) {
      await assertRoomFor(row, lengthBytes ?? 1)
      if (now() - (row.last_part_at_ms ?? row.created_at_ms) >= touchIntervalMs) {
        await claimManifestChange(db, { imageId: row.id, nowMs: now() })
      }
      return await store.presignPart(uploadOf(row, keyOf), { partNumber, lengthBytes })
    },
    async listParts(row, page) {
      // An image that is completed has no parts any more, only bytes; Swift would go on to list them.
      if (!isUploadable(stateOf(row))) return { parts: [], hasMore: false }
      try {
        const { parts, hasMore } = await store.listParts(uploadOf(row, keyOf), page)
        return { parts: parts.map((part) => ({ ...part, sha256: null })), hasMore }
      } catch (error) {
        if (isMissingUpload(error)) return { parts: [], hasMore: false }
        throw error
      }
    },
    async assemble(row, declaredSha256) {
      const upload = uploadOf(row, keyOf)
      const sizeBytes = await assembleObject({
        store,
        upload,
        assertRoomFor: (bytes) => assertRoomFor(row, bytes),
        onBegin: () => markCompletionBegun(db, { id: row.id, sha256: declaredSha256, nowMs: now() }),
      })
      if (sizeBytes === 'changed') return 'changed'
      // The store does not tell of parts: the whole image counts from its completion on.
      const computed = await hashFirst(row, sizeBytes)
      if (computed !== undefined && computed !== declaredSha256) throw otherDigest({ computed, declaredSha256 })
      return { sizeBytes, isSha256Verified: computed !== undefined, addedBytes: sizeBytes }
    },
    issueDownload: (row) => store.presignDownload(keyOf(row.id), { fileName: row.name }),
    forget: () => undefined,
  }
}

function otherDigest({ computed, declaredSha256 }: { computed: string; declaredSha256: string }): ApiError {
  return new ApiError({
    code: 'digest_mismatch',
    field: 'sha256',
    message:
      `the stored bytes have the digest ${computed}, not the declared ${declaredSha256}: ` +
      'declare the right digest, or create a new image for other bytes',
  })
}

/** @throws {StoreError} for an image that was made while its bytes were kept elsewhere */
export function uploadOf(row: StoredImage, keyOf: (imageId: string) => string): UploadKey {
  if (row.upload_id !== null) return { key: keyOf(row.id), uploadId: row.upload_id }
  const hint = 'has no upload of this image, which was made with another storage URL'
  throw new StoreError({ operation: 'upload', code: 'NoUpload', status: undefined, requestId: undefined, hint })
}
