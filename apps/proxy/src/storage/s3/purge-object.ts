import type { JobContext } from '../../maintenance/job.ts'
import { addStoredBytes } from '../../metadata/accounts.ts'
import { claimPurged } from '../../metadata/due-images.ts'
import type { StoredImage } from '../../metadata/images.ts'
import { inTransaction } from '../../metadata/transaction.ts'
import type { ObjectStore } from './object-store.ts'

interface PurgeObjectOptions {
  readonly row: StoredImage
  readonly key: string
  readonly store: Pick<ObjectStore, 'abortUpload' | 'remove'>
}

/**
 * Bytes go before the record, since removing what is gone is a success: a crash in between repeats it.
 * @returns false when it was told to stop before
 */
export async function purgeObject(
  { db, now, keepGoing }: JobContext,
  { row, key, store }: PurgeObjectOptions,
): Promise<boolean> {
  if (!(await keepGoing())) return false
  // First the upload, which could still become an object.
  if (row.upload_id !== null) await store.abortUpload({ key, uploadId: row.upload_id })
  await store.remove(key)
  await inTransaction(db, async (transaction) => {
    // Whoever marks it takes its bytes off the account, once.
    const isMine = await claimPurged(transaction, { id: row.id, nowMs: now() })
    // Counted when it was completed.
    const sizeBytes = row.completed_at_ms === null ? 0 : (row.size_bytes ?? 0)
    if (isMine && sizeBytes > 0) await addStoredBytes(transaction, { account: row.account, sizeBytes: -sizeBytes })
  })
  return true
}
