import type { JobContext } from '../../maintenance/job.ts'
import { findImageById } from '../../metadata/images.ts'
import type { ImageRow } from '../../metadata/schema.ts'
import type { S3Location } from '../storage-url.ts'
import { imageIdOf, objectPrefixOf } from './object-key.ts'
import type { ObjectStore } from './object-store.ts'

interface SweepStorageOptions {
  readonly store: Pick<ObjectStore, 'listUploads' | 'listKeys' | 'abortUpload' | 'remove' | 'sizeOf'>
  readonly location: S3Location
  /** An upload that no image names is left alone for so long: its image may be about to be recorded. */
  readonly graceMs: number
}

/** The lease is renewed once in so many keys. */
const renewalInterval = 100

/**
 * Removes what crashes left: uploads that no image names (a creation died before its record), and objects of images whose
 * bytes were purged while a completion was underway. An object that no record names is left alone, since a database that
 * was restored from a backup knows nothing of what came after it.
 */
export async function sweepStorage(job: JobContext, options: SweepStorageOptions): Promise<number> {
  return (await sweepUploads(job, options)) + (await sweepObjects(job, options))
}

async function sweepUploads({ db, now, keepGoing }: JobContext, options: SweepStorageOptions): Promise<number> {
  const { store, location, graceMs } = options
  let sweptCount = 0
  let seenCount = 0
  for await (const { key, uploadId, initiatedAtMs } of store.listUploads(objectPrefixOf(location))) {
    if (seenCount++ % renewalInterval === 0 && !(await keepGoing())) break
    const imageId = imageIdOf(location, key)
    if (imageId === undefined || now() - initiatedAtMs < graceMs) continue
    const row = await findImageById(db, imageId)
    if (isAwaited(row, uploadId)) continue
    // A restored database knows nothing of this object, whose parts some stores would take away with its upload.
    if (!row && (await store.sizeOf(key)) !== undefined) continue
    await store.abortUpload({ key, uploadId })
    sweptCount++
  }
  return sweptCount
}

/** True while the image's own upload can still be used, or is the purge's to remove. */
function isAwaited(row: ImageRow | undefined, uploadId: string): boolean {
  return row !== undefined && row.upload_id === uploadId && row.purged_at_ms === null
}

async function sweepObjects({ db, keepGoing }: JobContext, options: SweepStorageOptions): Promise<number> {
  const { store, location } = options
  let sweptCount = 0
  let seenCount = 0
  for await (const key of store.listKeys(objectPrefixOf(location))) {
    if (seenCount++ % renewalInterval === 0 && !(await keepGoing())) break
    const imageId = imageIdOf(location, key)
    const row = imageId === undefined ? undefined : await findImageById(db, imageId)
    if (!row || row.purged_at_ms === null) continue
    await store.remove(key)
    sweptCount++
  }
  return sweptCount
}
