import { ApiError } from '../../api-error.ts'
import { recordCompletion } from '../../images/record-completion.ts'
import type { JobContext } from '../../maintenance/job.ts'
import { forgetBegunCompletion, listBegunCompletions } from '../../metadata/begun-completions.ts'
import type { StoredImage } from '../../metadata/images.ts'
import type { ObjectStore } from './object-store.ts'

interface FinishCompletionsOptions {
  readonly store: Pick<ObjectStore, 'sizeOf'>
  readonly keyOf: (imageId: string) => string
  readonly quotaBytes: number | undefined
  /** The object's digest, where it must be known before. */
  readonly hashFirst: (row: StoredImage, sizeBytes: number) => Promise<string | undefined>
}

const batchSize = 100
/** Longer than a store may take to assemble: without an object by then, nothing comes of it. */
const patienceMs = 600_000

/**
 * Records completions whose server died between the store's answer and its own record, and whose client never came back. One
 * that is underway at this moment loses nothing: it finds the image completed with its own digest. @returns how many
 */
export async function finishCompletions(
  { db, now, keepGoing }: JobContext,
  { store, keyOf, quotaBytes, hashFirst }: FinishCompletionsOptions,
): Promise<number> {
  let finishedCount = 0
  for (const row of await listBegunCompletions(db, { limit: batchSize })) {
    if (!(await keepGoing())) break
    const sizeBytes = await store.sizeOf(keyOf(row.id))
    if (sizeBytes === undefined) {
      if (now() - (row.begun_at_ms ?? 0) > patienceMs) await forgetBegunCompletion(db, row)
      continue
    }
    try {
      const computed = await hashFirst(row, sizeBytes)
      if (computed !== undefined && computed !== row.begun_sha256) {
        // The wrong digest was declared: that is the client's to hear, and to mend.
        await forgetBegunCompletion(db, row)
        continue
      }
      const assembled = { sizeBytes, isSha256Verified: computed !== undefined, addedBytes: sizeBytes }
      if (await recordCompletion({ db, now, quotaBytes }, { row, assembled, sha256: row.begun_sha256 ?? '' })) {
        finishedCount++
      }
    } catch (error) {
      // Deleted or expired meanwhile, no room, or not hashed yet: whoever completes it again hears so.
      if (!(error instanceof ApiError)) throw error
      if (error.code !== 'verification_pending') await forgetBegunCompletion(db, row)
    }
  }
  return finishedCount
}
