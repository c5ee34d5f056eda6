import { ApiError } from '../../api-error.ts'
import { BlobGoneError, type DigestService } from '../../digests/digest-service.ts'
import type { PartDigests } from '../../digests/part-digests.ts'
import { assertCompletable } from '../../images/assert-completable.ts'
import type { StoredImage } from '../../metadata/images.ts'
import { listManifest, listPartPage } from '../../metadata/parts.ts'
import type { Database, PartRow } from '../../metadata/schema.ts'
import type { ByteUrls } from '../../signing/byte-urls.ts'
import type { ImageBytes } from '../image-bytes.ts'

export interface FilesImageBytesOptions {
  readonly db: Database
  readonly digests: DigestService
  readonly partDigests: PartDigests
  readonly byteUrls: ByteUrls
}

/** Parts in files, their records in the database, URLs of this server; every image is hashed before it is completed. */
export function createFilesImageBytes({ db, digests, partDigests, byteUrls }: FilesImageBytesOptions): ImageBytes {
  return {
    abilities: { hasPartDigests: true, verifiesBeforeCompletion: true },
    issuePartUrl: async ({ id }, { partNumber, lengthBytes, origin }) =>
      byteUrls.issue({ method: 'PUT', imageId: id, partNumber, lengthBytes }, origin),
    async listParts({ id }, { afterPartNumber, limit }) {
      const { parts: rows, hasMore } = await listPartPage(db, { imageId: id, afterPartNumber, limit })
      const known = await partDigests.digestsOf(id, rows)
      const parts = rows.map(({ part_number, size_bytes, blob_key, etag }) => ({
        partNumber: part_number,
        sizeBytes: size_bytes,
        sha256: known.get(blob_key) ?? null,
        etag,
      }))
      return { parts, hasMore }
    },
    async assemble(row, declaredSha256) {
      // Read after the row: parts that changed in between changed the row's revision, which the completion compares.
      const manifest = await listManifest(db, row.id)
      assertCompletable(
        manifest.map(({ part_number, size_bytes }) => ({ partNumber: part_number, sizeBytes: size_bytes })),
      )
      if (!(await isDigestOf(digests, row, manifest, declaredSha256))) return 'changed'
      const sizeBytes = manifest.reduce((sum, { size_bytes }) => sum + size_bytes, 0)
      // Parts count from the moment that they are stored.
      return { sizeBytes, isSha256Verified: true, addedBytes: 0 }
    },
    completed: () => undefined,
    issueDownload: async ({ id }, { origin }) => byteUrls.issue({ method: 'GET', imageId: id }, origin),
    forget: (imageId) => partDigests.forget(imageId),
  }
}

/**
 * @returns false when the parts changed while they were read
 * @throws {ApiError} digest_mismatch, which loses nothing: parts can be sent again
 */
async function isDigestOf(
  digests: DigestService,
  { id }: StoredImage,
  manifest: readonly PartRow[],
  declared: string,
): Promise<boolean> {
  const parts = manifest.map(({ part_number, blob_key, size_bytes }) => ({
    partNumber: part_number,
    blobKey: blob_key,
    sizeBytes: size_bytes,
  }))
  try {
    const computed = await digests.digestOf(id, parts)
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
