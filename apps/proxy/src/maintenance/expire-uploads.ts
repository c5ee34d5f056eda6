import { applyEvent } from '../images/change-image.ts'
import { listAbandonedUploads } from '../metadata/due-images.ts'
import type { ImageBytes } from '../storage/image-bytes.ts'
import type { JobContext } from './job.ts'

const batchSize = 100
const abandoned = 'nobody went on with the upload in time'

/** Uploads that nobody goes on with become `failed`, which frees their name; purging frees their bytes later. */
export async function expireUploads(
  { db, now, keepGoing }: JobContext,
  { uploadExpiryMs, bytes }: { uploadExpiryMs: number; bytes: Pick<ImageBytes, 'forget'> },
): Promise<number> {
  let expiredCount = 0
  while (await keepGoing()) {
    const rows = await listAbandonedUploads(db, { beforeMs: now() - uploadExpiryMs, limit: batchSize })
    for (const row of rows) {
      // A part that lands at this moment wins: the row is no longer as it was read.
      const expired = await applyEvent(db, { row, event: { type: 'expired' }, nowMs: now(), failureReason: abandoned })
      if (!expired) continue
      bytes.forget(row.id)
      expiredCount++
    }
    if (rows.length < batchSize) break
  }
  return expiredCount
}
