import { listPurgeableImages } from '../metadata/due-images.ts'
import type { Storage } from '../storage/storage.ts'
import type { JobContext } from './job.ts'

const imageBatchSize = 20

interface PurgeOptions {
  readonly purgeGraceMs: number
  readonly storage: Pick<Storage, 'purge'>
}

/** Removes the bytes of images that were deleted or have failed, once their grace is over. @returns how many images */
export async function purgeImages(job: JobContext, { purgeGraceMs, storage }: PurgeOptions): Promise<number> {
  const { db, now, keepGoing } = job
  let purgedCount = 0
  while (await keepGoing()) {
    const rows = await listPurgeableImages(db, { beforeMs: now() - purgeGraceMs, limit: imageBatchSize })
    for (const row of rows) {
      if (!(await storage.purge(job, row))) return purgedCount
      purgedCount++
    }
    if (rows.length < imageBatchSize) break
  }
  return purgedCount
}
