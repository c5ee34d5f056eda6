import type { BlobStore } from '../../blobs/blob-store.ts'
import type { JobContext } from '../../maintenance/job.ts'
import { addStoredBytes } from '../../metadata/accounts.ts'
import { markPurged } from '../../metadata/due-images.ts'
import type { StoredImage } from '../../metadata/images.ts'
import { takeParts } from '../../metadata/parts.ts'
import { inTransaction } from '../../metadata/transaction.ts'

const partBatchSize = 200

/**
 * Records go before bytes: a crash in between leaves blobs that no row names, which the next start removes.
 * @returns false when it was told to stop half way; the next run goes on from there
 */
export async function purgeFiles(
  { db, now, keepGoing }: JobContext,
  { row, blobs }: { row: StoredImage; blobs: BlobStore },
): Promise<boolean> {
  for (let isPurged = false; !isPurged; ) {
    if (!(await keepGoing())) return false
    const step = await inTransaction(db, async (transaction) => {
      const parts = await takeParts(transaction, { imageId: row.id, limit: partBatchSize })
      const sizeBytes = parts.reduce((sum, { size_bytes }) => sum + size_bytes, 0)
      if (sizeBytes > 0) await addStoredBytes(transaction, { account: row.account, sizeBytes: -sizeBytes })
      return { taken: parts, isPurged: await markPurged(transaction, { id: row.id, nowMs: now() }) }
    })
    for (const { blob_key } of step.taken) await blobs.remove(blob_key)
    isPurged = step.isPurged
  }
  await blobs.removeEmptyImage(row.id)
  return true
}
