import { assertWithinQuota } from '../bytes/quota.ts'
import { addStoredBytes } from '../metadata/accounts.ts'
import type { StoredImage } from '../metadata/images.ts'
import { inTransaction } from '../metadata/transaction.ts'
import type { AssembledImage } from '../storage/image-bytes.ts'
import { applyEvent } from './change-image.ts'
import type { LocalContext } from './local-context.ts'

interface Completion {
  readonly row: StoredImage
  /** Undefined: the row is no upload; the life cycle says what that means. */
  readonly assembled: AssembledImage | undefined
  readonly sha256: string
}

/**
 * Makes an assembled upload a completed image, and counts its bytes.
 * @returns undefined when the row is no longer as it was read
 * @throws {ApiError} what the life cycle refuses, or quota_exceeded
 */
export async function recordCompletion(
  { db, now, quotaBytes }: Pick<LocalContext, 'db' | 'now' | 'quotaBytes'>,
  { row, assembled, sha256 }: Completion,
): Promise<StoredImage | undefined> {
  const event = { type: 'completed', sha256 } as const
  if (!assembled) return await applyEvent(db, { row, event, nowMs: now() })
  const { sizeBytes, isSha256Verified, addedBytes } = assembled
  const completion = {
    size_bytes: sizeBytes,
    is_sha256_verified: isSha256Verified ? 1 : 0,
    completed_at_ms: now(),
  }
  return await inTransaction(db, async (transaction) => {
    const completed = await applyEvent(transaction, { row, event, nowMs: now(), completion })
    if (completed && addedBytes > 0) {
      const storedBytes = await addStoredBytes(transaction, { account: row.account, sizeBytes: addedBytes })
      assertWithinQuota({ storedBytes: storedBytes - addedBytes, addedBytes, quotaBytes })
    }
    return completed
  })
}
