import type { BlobStore } from '../blobs/blob-store.ts'
import { addStoredBytes } from '../metadata/accounts.ts'
import { listPurgeableImages, markPurged } from '../metadata/due-images.ts'
import type { StoredImage } from '../metadata/images.ts'
import { takeParts } from '../metadata/parts.ts'
import { inTransaction } from '../metadata/transaction.ts'
import type { JobContext } from './job.ts'

const imageBatchSize = 20
const partBatchSize = 200

interface PurgeOptions {
  readonly purgeGraceMs: number
  readonly blobs: BlobStore
}

/** Removes the bytes of images that were deleted or have failed, once their grace is over. @returns how many images */
export async function purgeImages(job: JobContext, { purgeGraceMs, blobs }: PurgeOptions): Promise<number> {
  const { db, now, keepGoing } = job
  let purgedCount = 0
  while (await keepGoing()) {
    const rows = await listPurgeableImages(db, { beforeMs: now() - purgeGraceMs, limit: imageBatchSize })
    for (const row of rows) {
      if (!(await purgeImage(job, { row, blobs }))) return purgedCount
      purgedCount++
    }
    if (rows.length < imageBatchSize) break
  }
  return purgedCount
}

/**
 * Records go before bytes: a crash in between leaves blobs that no row names, which the next start removes.
 * @returns false when it was told to stop half way; the next run goes on from there
 */
async function purgeImage(
  { db, now, keepGoing }: JobContext,
  { row, blobs }: { row: StoredImage; blobs: BlobStore },
): Promise<boolean> {
  for (let isPurged = false; !isPurged; ) {
    if (!(await keepGoing())) return false
    const step = await inTransaction(db, async (transaction) => {
      const taken = await takeParts(transaction, { imageId: row.id, limit: partBatchSize })
      const sizeBytes = taken.reduce((sum, { size_bytes }) => sum + size_bytes, 0)
      if (sizeBytes > 0) await addStoredBytes(transaction, { account: row.account, sizeBytes: -sizeBytes })
      return { taken, isPurged: await markPurged(transaction, { id: row.id, nowMs: now() }) }
    })
    for (const { blob_key } of step.taken) await blobs.remove(blob_key)
    isPurged = step.isPurged
  }
  await blobs.removeEmptyImage(row.id)
  return true
}
