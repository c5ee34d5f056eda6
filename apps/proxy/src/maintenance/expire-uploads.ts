import type { PartDigests } from '../digests/part-digests.ts'
import { applyEvent } from '../images/change-image.ts'
import { listAbandonedUploads } from '../metadata/due-images.ts'
import type { JobContext } from './job.ts'

const batchSize = 100

/** Uploads that nobody goes on with become `failed`, which frees their name; purging frees their bytes later. */
export async function expireUploads(
  { db, now, keepGoing }: JobContext,
  { uploadExpiryMs, partDigests }: { uploadExpiryMs: number; partDigests: PartDigests },
): Promise<number> {
  let expiredCount = 0
  while (await keepGoing()) {
    const rows = await listAbandonedUploads(db, { beforeMs: now() - uploadExpiryMs, limit: batchSize })
    for (const row of rows) {
      // A part that lands at this moment wins: the row is no longer as it was read.
      const expired = await applyEvent(db, { row, event: { type: 'expired' }, nowMs: now() })
      if (!expired) continue
      partDigests.forget(row.id)
      expiredCount++
    }
    if (rows.length < batchSize) break
  }
  return expiredCount
}
