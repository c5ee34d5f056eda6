import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '../api-error.ts'
import { imageNotFound } from '../api-errors.ts'
import { findImageById, type StoredImage } from '../metadata/images.ts'
import type { Database } from '../metadata/schema.ts'

interface AwaitDigestOptions {
  readonly db: Database
  readonly imageId: string
  /** What is waited for. */
  readonly isKnown: (row: StoredImage) => boolean
  /** Has somebody hash the image, if nobody is at it. */
  readonly nudge: () => void
  /** Default: 45 s, since load balancers tend to give up after 60. */
  readonly waitMs?: number | undefined
}

const defaultWaitMs = 45_000
/** Any replica may find the digest: the row is where all of them see it. A small image has it at once. */
const firstPollMs = 50
const maxPollMs = 2000
const retryAfterSeconds = '2'

/**
 * Waits until an image's bytes are hashed, whichever replica does it.
 * @throws {ApiError} verification_pending when it takes longer: completing again waits on
 */
export async function awaitDigest(options: AwaitDigestOptions): Promise<StoredImage> {
  const { db, imageId, isKnown, nudge, waitMs = defaultWaitMs } = options
  const deadlineMs = performance.now() + waitMs
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 1.5, maxPollMs)) {
    const row = await findImageById(db, imageId)
    if (!row || row.deleted_at_ms !== null) throw imageNotFound()
    if (isKnown(row)) return row
    // Every time, since whoever was at it may have died.
    nudge()
    if (performance.now() >= deadlineMs) throw pending()
    await sleep(pollMs)
  }
}

function pending(): ApiError {
  return new ApiError({
    code: 'verification_pending',
    message: 'the image is stored and still being verified: complete it again with the same digest to hear the outcome',
    headers: { 'retry-after': retryAfterSeconds },
  })
}
