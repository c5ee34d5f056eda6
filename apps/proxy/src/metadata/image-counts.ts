import { type UploadStatus, uploadStatuses } from '@slipway/core'
import type { Connection } from './schema.ts'

/** Every status is there, if with zero. */
export async function countImagesByStatus(db: Connection): Promise<Map<UploadStatus, number>> {
  const rows = await db
    .selectFrom('images')
    .select(['upload_status', (where) => where.fn.countAll<number>().as('count')])
    .where('deleted_at_ms', 'is', null)
    .groupBy('upload_status')
    .execute()
  const counts = new Map(uploadStatuses.map((status) => [status, 0]))
  for (const { upload_status, count } of rows) counts.set(upload_status, Number(count))
  return counts
}
