import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { ServeConfig } from '../config-schema.ts'
import type { PartDigests } from '../digests/part-digests.ts'
import { idempotencyLifetimeMs } from '../images/idempotency.ts'
import { removeAuditEvents } from '../metadata/audit-events.ts'
import { removeIdempotencyKeys } from '../metadata/idempotency.ts'
import { acquireLease, releaseLease } from '../metadata/leases.ts'
import type { Database } from '../metadata/schema.ts'
import { removeRetiredSecrets } from '../metadata/secrets.ts'
import { byteUrlLifetimeMs } from '../signing/byte-urls.ts'
import type { Keyring } from '../signing/keyring.ts'
import { expireUploads } from './expire-uploads.ts'
import type { JobContext } from './job.ts'
import { purgeImages } from './purge-images.ts'

export interface MaintenanceOptions {
  readonly db: Database
  readonly blobs: BlobStore
  readonly partDigests: PartDigests
  readonly keyring: Keyring
  readonly now: () => number
  readonly log: Logger
  readonly config: Pick<ServeConfig, 'uploadExpiryMs' | 'purgeGraceMs' | 'auditRetentionMs'>
  /** What else is to be done now and then. @returns how much each did */
  readonly extraJobs?: Readonly<Record<string, () => Promise<number>>>
}

export interface Maintenance {
  /** Runs every job that nobody else is at. @returns how much each did */
  runOnce(): Promise<Readonly<Record<string, number>>>
  start(): void
  /** Resolves when the job underway has ended its step. */
  stop(): Promise<void>
}

const intervalMs = 60_000
const keyRefreshIntervalMs = 10_000
/** A job renews it at every step; a killed server's is free again after that. */
const leaseLifetimeMs = 5 * 60_000

/** The lease under which bytes are removed; a backup holds it while it copies. */
export const purgeLeaseName = 'purge-images'

export function createMaintenance({ db, now, log, config, extraJobs, ...deps }: MaintenanceOptions): Maintenance {
  const holder = randomUUID()
  let isStopped = false
  let running: Promise<unknown> = Promise.resolve()
  const timers: NodeJS.Timeout[] = []

  const jobs: Readonly<Record<string, (context: JobContext) => Promise<number>>> = {
    'expire-uploads': (context) => expireUploads(context, { ...config, ...deps }),
    [purgeLeaseName]: (context) => purgeImages(context, { ...config, ...deps }),
    'remove-idempotency-keys': () => removeIdempotencyKeys(db, { createdBeforeMs: now() - idempotencyLifetimeMs }),
    'remove-audit-events': () => removeAuditEvents(db, { beforeMs: now() - config.auditRetentionMs }),
    // A URL that was signed with the old key just before the server saw the new one has lived its life by then.
    'remove-retired-keys': () => removeRetiredSecrets(db, { retiredBeforeMs: now() - 2 * byteUrlLifetimeMs }),
    ...extraJobs,
  }

  const runJob = async (name: string, run: (context: JobContext) => Promise<number>): Promise<number> => {
    const keepGoing = async () =>
      !isStopped && (await acquireLease(db, { name, holder, nowMs: now(), lifetimeMs: leaseLifetimeMs }))
    if (!(await keepGoing())) return 0
    try {
      const count = await run({ db, now, keepGoing })
      if (count > 0) log.info({ job: name, count }, 'maintenance')
      return count
    } finally {
      await releaseLease(db, { name, holder })
    }
  }
  const runOnce = async () => {
    const counts: Record<string, number> = {}
    for (const [name, run] of Object.entries(jobs)) {
      try {
        counts[name] = await runJob(name, run)
      } catch (error) {
        // A full disk, for instance: the next run goes on where this one stopped.
        log.error({ err: error, job: name }, 'a maintenance job failed')
      }
    }
    return counts
  }
  const tick = () => {
    const previous = running
    running = previous.then(() => (isStopped ? undefined : runOnce()))
  }

  return {
    runOnce,
    start() {
      tick()
      timers.push(setInterval(tick, intervalMs).unref())
      timers.push(setInterval(() => void deps.keyring.refresh(), keyRefreshIntervalMs).unref())
    },
    async stop() {
      isStopped = true
      for (const timer of timers) clearInterval(timer)
      await running
    },
  }
}
