import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '../api-error.ts'
import { imageNotFound } from '../api-errors.ts'
import { findImageById, type StoredImage } from '../metadata/images.ts'
import type { Database } from '../metadata/schema.ts'

interface AwaitVerdictOptions {
  readonly db: Database
  readonly imageId: string
  /** Default: 45 s, since load balancers tend to give up after 60. */
  readonly waitMs?: number
}

const defaultWaitMs = 45_000
/** Any replica may find the verdict: the row is where all of them see it. A small image has it at once. */
const firstPollMs = 100
const maxPollMs = 2000
const retryAfterSeconds = '2'

/**
 * Waits until a completed image is verified, whichever replica does it.
 * @throws {ApiError} digest_mismatch when its bytes are wrong; verification_pending when it takes longer: completing again
 *   waits on
 */
export async function awaitVerdict({ db, imageId, waitMs = defaultWaitMs }: AwaitVerdictOptions): Promise<StoredImage> {
  const deadlineMs = performance.now() + waitMs
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 1.5, maxPollMs)) {
    const row = await findImageById(db, imageId)
    if (!row || row.deleted_at_ms !== null) throw imageNotFound()
    if (row.upload_status === 'failed') throw wrongBytes(row)
    if (row.is_sha256_verified === 1 || row.upload_status !== 'completed') return row
    if (performance.now() >= deadlineMs) throw pending()
    await sleep(pollMs)
  }
}

export function wrongBytes({ failure_reason }: Pick<StoredImage, 'failure_reason'>): ApiError {
  return new ApiError({
    code: 'digest_mismatch',
    field: 'sha256',
    message: `${failure_reason ?? 'the stored bytes are not the declared ones'}: create a new image`,
  })
}

function pending(): ApiError {
  return new ApiError({
    code: 'verification_pending',
    message: 'the image is stored and still being verified: complete it again with the same digest to hear the outcome',
    headers: { 'retry-after': retryAfterSeconds },
  })
}
