import { applyEvent } from '../images/change-image.ts'
import { findImageById } from '../metadata/images.ts'
import type { Database } from '../metadata/schema.ts'
import { markVerified } from '../metadata/unverified-images.ts'

export type Verdict = 'verified' | 'failed' | 'moot'

interface VerdictOptions {
  readonly db: Database
  readonly imageId: string
  /** What the stored bytes have. */
  readonly computedSha256: string
  readonly nowMs: number
}

/** A row that others keep changing is read again; more often than this means something is amiss. */
const maxAttempts = 8

/**
 * Records what hashing an image's bytes has shown: verified, or failed with the reason. A completed image fails only here.
 * @returns `'moot'` for an image that was revoked or deleted meanwhile and has other bytes: it cannot be used anyway
 */
export async function recordVerdict({ db, imageId, computedSha256, nowMs }: VerdictOptions): Promise<Verdict> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const row = await findImageById(db, imageId)
    if (!row || row.deleted_at_ms !== null) return 'moot'
    if (row.sha256 === computedSha256) {
      await markVerified(db, { id: imageId, sha256: computedSha256 })
      return 'verified'
    }
    if (row.upload_status !== 'completed') return 'moot'
    const failureReason = `the stored bytes have the digest ${computedSha256}, not the declared ${row.sha256}`
    if (await applyEvent(db, { row, event: { type: 'verification_failed' }, nowMs, failureReason })) return 'failed'
  }
  throw new Error(`the image ${imageId} kept changing while its verification was recorded`)
}
