import type { ImageRef } from '@slipway/core'
import { isUploadable } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import { changedMeanwhile } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { BlobGoneError } from '../digests/digest-service.ts'
import { type StoredImage, stateOf } from '../metadata/images.ts'
import { listManifest } from '../metadata/parts.ts'
import type { PartRow } from '../metadata/schema.ts'
import { inSnapshot } from '../metadata/transaction.ts'
import { assertCompletable } from './assert-completable.ts'
import { applyEvent } from './change-image.ts'
import { requireOwnImage } from './find-image.ts'
import { toImage } from './image.ts'
import type { LocalContext } from './local-context.ts'
import type { Image } from './service.ts'

interface CompleteImageRequest {
  readonly caller: Caller
  readonly ref: ImageRef
  readonly sha256: string
}

/** Each attempt hashes what changed since the last one; a client that keeps overwriting parts has to stop first. */
const maxAttempts = 3

/**
 * Completes an upload when its bytes have the declared digest. Hashing runs outside any transaction; the row's manifest
 * revision then tells whether what was hashed is still what the image consists of.
 */
export async function completeImage(context: LocalContext, request: CompleteImageRequest): Promise<Image> {
  const { db, partDigests, now } = context
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const { row, manifest } = await inSnapshot(db, async (transaction) => {
      const found = await requireOwnImage(transaction, request)
      return { row: found, manifest: await listManifest(transaction, found.id) }
    })
    const event = { type: 'completed', sha256: request.sha256 } as const
    if (isUploadable(stateOf(row))) {
      assertCompletable(manifest)
      if (!(await isDigestOf(context, row, manifest, request.sha256))) continue
    }
    const completion = { size_bytes: sizeOf(manifest), is_sha256_verified: 1, completed_at_ms: now() }
    const completed = await applyEvent(db, { row, event, nowMs: now(), completion })
    if (!completed) continue
    partDigests.forget(completed.id)
    return toImage(completed)
  }
  throw changedMeanwhile()
}

/**
 * @returns false when the parts changed while they were read
 * @throws {ApiError} digest_mismatch, which loses nothing: parts can be sent again
 */
async function isDigestOf(
  { digests }: LocalContext,
  row: StoredImage,
  manifest: readonly PartRow[],
  declared: string,
): Promise<boolean> {
  const parts = manifest.map(({ part_number, blob_key, size_bytes }) => ({
    partNumber: part_number,
    blobKey: blob_key,
    sizeBytes: size_bytes,
  }))
  try {
    const computed = await digests.digestOf(row.id, parts)
    if (computed === declared) return true
    throw new ApiError({
      code: 'digest_mismatch',
      field: 'sha256',
      message:
        `the bytes of the ${manifest.length} parts have the digest ${computed}, not the declared ${declared}: ` +
        'send the parts that differ again, or declare the right digest',
    })
  } catch (error) {
    if (error instanceof BlobGoneError) return false
    throw error
  }
}

function sizeOf(manifest: readonly PartRow[]): number {
  return manifest.reduce((sum, { size_bytes }) => sum + size_bytes, 0)
}
