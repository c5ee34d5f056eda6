import { listManifest } from '../metadata/parts.ts'
import type { Database } from '../metadata/schema.ts'

/** Where a part's bytes are. */
export interface ManifestPart {
  readonly blobKey: string
  readonly sizeBytes: number
}

/** The parts of completed images, which never change: a download of many ranges reads them once. */
export interface ManifestCache {
  get(imageId: string): Promise<readonly ManifestPart[]>
}

/** Some 150 bytes each; the largest image has 10 000. */
const maxCachedParts = 50_000

export function createManifestCache({ db }: { db: Database }): ManifestCache {
  // In order of last use, the idlest first.
  const cached = new Map<string, readonly ManifestPart[]>()
  let partCount = 0
  return {
    async get(imageId) {
      const known = cached.get(imageId)
      if (known) {
        cached.delete(imageId)
        cached.set(imageId, known)
        return known
      }
      const rows = await listManifest(db, imageId)
      const parts = rows.map(({ blob_key, size_bytes }) => ({ blobKey: blob_key, sizeBytes: size_bytes }))
      if (!cached.has(imageId)) partCount += parts.length
      cached.set(imageId, parts)
      for (const [idlestId, idlest] of cached) {
        if (partCount <= maxCachedParts) break
        cached.delete(idlestId)
        partCount -= idlest.length
      }
      return parts
    },
  }
}
