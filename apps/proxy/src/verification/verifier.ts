import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { findImageById, type StoredImage } from '../metadata/images.ts'
import { acquireLease, releaseLease } from '../metadata/leases.ts'
import { recordObjectDigest } from '../metadata/object-digests.ts'
import type { Database } from '../metadata/schema.ts'
import { listUnverifiedImages } from '../metadata/unverified-images.ts'
import { recordVerdict, type Verdict } from './record-verdict.ts'

export interface VerifierOptions {
  readonly db: Database
  readonly now: () => number
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** The digest of the image's stored bytes. */
  readonly hashImage: (row: StoredImage, signal: AbortSignal) => Promise<string>
  readonly onVerdict?: (verdict: Verdict) => void
}

export interface Verifier {
  /** Looks for images to verify now and from time to time. */
  start(): void
  /** Tells that there is one. */
  nudge(): void
  /** Hashes this image now, if nobody is at it: for a completion that waits for it. */
  hurry(imageId: string): void
  /** Verifies all that wait and that nobody else is at. @returns how many verdicts there were */
  runOnce(): Promise<number>
  /** Gives up what is underway: another server, or the next start, begins it anew. */
  stop(): Promise<void>
}

const intervalMs = 5000
/** One stream seldom keeps a store busy; a small image need not wait for a large one. */
const maxConcurrency = 4
/** Of images that clients wait for; more of them wait their turn. */
const maxHurriedConcurrency = 16
const batchSize = 50
/** A killed server's image is taken up by another after this. */
const leaseLifetimeMs = 60_000
const renewalIntervalMs = 15_000
/** An image that cannot be read is tried again after this, by this server. */
const retryDelayMs = 60_000

/** Verifies completed images in the background, each under a lease of its own, so that replicas share the work. */
export function createVerifier({ db, now, log, hashImage, onVerdict }: VerifierOptions): Verifier {
  const holder = randomUUID()
  const stopping = new AbortController()
  const retryAtMs = new Map<string, number>()
  const underway = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<unknown> | undefined
  let isNudged = false
  let verdictCount = 0

  const verifyClaimed = async (imageId: string, signal: AbortSignal): Promise<void> => {
    // Whoever held the lease before may have done it.
    const row = await findImageById(db, imageId)
    if (row && isAssembledUpload(row)) {
      await recordObjectDigest(db, { id: imageId, sha256: await hashImage(row, signal) })
      return
    }
    if (row?.upload_status !== 'completed' || row.is_sha256_verified === 1 || row.deleted_at_ms !== null) return
    const computedSha256 = await hashImage(row, signal)
    signal.throwIfAborted()
    const verdict = await recordVerdict({ db, imageId, computedSha256, nowMs: now() })
    onVerdict?.(verdict)
    if (verdict === 'failed') log.error({ imageId, computedSha256, declared: row.sha256 }, 'an image has wrong bytes')
    else log.info({ imageId, verdict }, 'verified')
    verdictCount++
  }

  const verifyUnderLease = async (imageId: string): Promise<void> => {
    const lease = { name: `verify:${imageId}`, holder }
    const claim = () => acquireLease(db, { ...lease, nowMs: now(), lifetimeMs: leaseLifetimeMs })
    if (!(await claim())) return
    const lost = new AbortController()
    const renewal = setInterval(() => {
      claim().then(
        (isHeld) => isHeld || lost.abort(),
        // Until the lease ends it is still ours; what is recorded is compared with the row anyway.
        (error) => log.warn({ err: error, imageId }, 'a lease was not renewed'),
      )
    }, renewalIntervalMs)
    try {
      await verifyClaimed(imageId, AbortSignal.any([lost.signal, stopping.signal]))
    } finally {
      clearInterval(renewal)
      await releaseLease(db, lease)
    }
  }

  /** Never fails: what could not be done is tried again later. */
  const verify = async (imageId: string): Promise<void> => {
    try {
      await verifyUnderLease(imageId)
      retryAtMs.delete(imageId)
    } catch (error) {
      if (stopping.signal.aborted) return
      log.warn({ err: error, imageId }, 'an image could not be verified yet')
      retryAtMs.set(imageId, now() + retryDelayMs)
    }
  }

  const isDue = (imageId: string) => !underway.has(imageId) && (retryAtMs.get(imageId) ?? 0) <= now()
  const begin = (imageId: string) => {
    if (!isDue(imageId)) return
    underway.set(
      imageId,
      verify(imageId).finally(() => underway.delete(imageId)),
    )
  }

  /** Begins all that is due in one pass: neither what others are at nor what cannot be read hides the rest. */
  const beginDue = async (): Promise<void> => {
    let after: StoredImage | undefined
    do {
      const rows = await listUnverifiedImages(db, { after, limit: batchSize })
      for (const { id } of rows) {
        if (!isDue(id)) continue
        while (underway.size >= maxConcurrency) await Promise.race(underway.values())
        if (stopping.signal.aborted) return
        begin(id)
      }
      after = rows.length < batchSize ? undefined : rows.at(-1)
    } while (after)
  }

  // A large image that is underway holds up nothing but its own place.
  const look = () => {
    isNudged = true
    looking ??= (async () => {
      while (isNudged && !stopping.signal.aborted) {
        isNudged = false
        await beginDue().catch((error) => log.error({ err: error }, 'looking for images to verify failed'))
      }
    })().finally(() => {
      looking = undefined
    })
  }

  return {
    start() {
      look()
      timer = setInterval(look, intervalMs).unref()
    },
    nudge: look,
    hurry(imageId) {
      if (!stopping.signal.aborted && underway.size < maxHurriedConcurrency) begin(imageId)
    },
    async runOnce() {
      const before = verdictCount
      await beginDue()
      await Promise.all(underway.values())
      return verdictCount - before
    },
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await looking
      await Promise.allSettled(underway.values())
    },
  }
}

function isAssembledUpload({ upload_status, size_bytes, object_sha256, deleted_at_ms }: StoredImage): boolean {
  return upload_status === 'uploading' && size_bytes !== null && object_sha256 === null && deleted_at_ms === null
}
