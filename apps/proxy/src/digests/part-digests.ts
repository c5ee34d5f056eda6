import type { Logger } from 'pino'
import { recordPartDigest } from '../metadata/parts.ts'
import type { Database, PartRow } from '../metadata/schema.ts'
import { BlobGoneError, type DigestPart, type DigestService } from './digest-service.ts'

/**
 * The digest of each part by itself, which proves to a resuming client what the server holds. Hashing a part while it
 * arrives would cost a third of the ingest: it is done afterwards, while the hashing thread is idle, or when the part
 * list is asked for. An image that is completed first needs none of it.
 */
export interface PartDigests {
  /** Tells that a part arrives: nothing is hashed ahead until all have. @returns what to call when it is over */
  arriving(): () => void
  /** Hashes a part when there is time. Never fails, never waits. */
  want(imageId: string, part: DigestPart): void
  /** The digests by blob key. What cannot be hashed in time is left out: the caller knows that part by its size only. */
  digestsOf(imageId: string, parts: readonly PartRow[]): Promise<ReadonlyMap<string, string>>
  waitingCount(): number
  /** Hashes nothing ahead any more. */
  close(): void
  /** For an image that is completed or deleted, whole-image digest included. */
  forget(imageId: string): void
}

export interface PartDigestsOptions {
  readonly db: Database
  readonly digests: DigestService
  readonly log: Pick<Logger, 'warn'>
  /** How long a part list may wait for digests. Default: 10 s, some 15 GiB; what is known then is kept for the next. */
  readonly waitMs?: number
}

interface WantedPart {
  readonly imageId: string
  readonly part: DigestPart
}

const defaultWaitMs = 10_000
/** Some 300 bytes each. Beyond it parts are hashed only when they are asked for. */
const maxWantedParts = 20_000

export function createPartDigests({ db, digests, log, waitMs = defaultWaitMs }: PartDigestsOptions): PartDigests {
  const wanted = new Map<string, WantedPart>()
  const underway = new Map<string, Promise<string | undefined>>()
  let isRunning = false
  let arrivingCount = 0
  let isClosed = false

  const hash = async ({ imageId, part }: WantedPart): Promise<string | undefined> => {
    const { partNumber, blobKey } = part
    try {
      const sha256 = await digests.digestOfPart(imageId, part)
      await recordPartDigest(db, { imageId, partNumber, blobKey, sha256 })
      return sha256
    } catch (error) {
      if (!isClosed && !(error instanceof BlobGoneError))
        log.warn({ err: error, imageId, partNumber }, 'a part was not hashed')
      return undefined
    } finally {
      underway.delete(blobKey)
    }
  }
  const hashOnce = (entry: WantedPart) => {
    const { blobKey } = entry.part
    wanted.delete(blobKey)
    const started = underway.get(blobKey) ?? hash(entry)
    underway.set(blobKey, started)
    return started
  }
  const run = async () => {
    if (isRunning) return
    isRunning = true
    while (arrivingCount === 0 && !isClosed) {
      const [next] = wanted.values()
      if (!next) break
      await hashOnce(next)
    }
    isRunning = false
  }

  return {
    arriving() {
      arrivingCount++
      return () => {
        arrivingCount--
        if (arrivingCount === 0) void run()
      }
    },
    want(imageId, part) {
      if (wanted.size >= maxWantedParts) return
      wanted.set(part.blobKey, { imageId, part })
    },
    async digestsOf(imageId, parts) {
      const known = new Map<string, string>()
      const deadline = performance.now() + waitMs
      for (const { part_number, blob_key, size_bytes, sha256 } of parts) {
        if (sha256 !== null) {
          known.set(blob_key, sha256)
          continue
        }
        const leftMs = deadline - performance.now()
        if (leftMs <= 0) continue
        const part = { partNumber: part_number, blobKey: blob_key, sizeBytes: size_bytes }
        const computed = await within(leftMs, hashOnce({ imageId, part }))
        if (computed !== undefined) known.set(blob_key, computed)
      }
      return known
    },
    waitingCount: () => wanted.size,
    close() {
      isClosed = true
    },
    forget(imageId) {
      for (const [blobKey, entry] of wanted) if (entry.imageId === imageId) wanted.delete(blobKey)
      digests.forget(imageId)
    },
  }
}

async function within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
