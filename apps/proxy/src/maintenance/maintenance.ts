import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { ServeConfig } from '../config-schema.ts'
import { idempotencyLifetimeMs } from '../images/idempotency.ts'
import { removeAuditEvents } from '../metadata/audit-events.ts'
import { removeIdempotencyKeys } from '../metadata/idempotency.ts'
import { acquireLease, releaseLease, restLease } from '../metadata/leases.ts'
import type { Database } from '../metadata/schema.ts'
import { removeRetiredSecrets } from '../metadata/secrets.ts'
import { byteUrlLifetimeMs } from '../signing/byte-urls.ts'
import type { Keyring } from '../signing/keyring.ts'
import type { Storage } from '../storage/storage.ts'
import { expireUploads } from './expire-uploads.ts'
import type { JobContext, MaintenanceJob } from './job.ts'
import { purgeImages } from './purge-images.ts'

export interface MaintenanceOptions {
  readonly db: Database
  readonly storage: Storage
  readonly keyring: Keyring
  readonly now: () => number
  readonly log: Logger
  readonly config: Pick<ServeConfig, 'uploadExpiryMs' | 'purgeGraceMs' | 'auditRetentionMs'>
  /** What else is to be done now and then. */
  readonly extraJobs?: readonly MaintenanceJob[]
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

/** Rows that one statement removes: few enough for the time that it may take. */
const removalBatchSize = 5000

/** The lease under which bytes are removed; a backup holds it while it copies. */
export const purgeLeaseName = 'purge-images'

export function createMaintenance(options: MaintenanceOptions): Maintenance {
  const { db, now, log, config, storage, keyring, extraJobs = [] } = options
  const holder = randomUUID()
  let isStopped = false
  let running: Promise<unknown> = Promise.resolve()
  const timers: NodeJS.Timeout[] = []

  const jobs: readonly MaintenanceJob[] = [
    { name: 'expire-uploads', run: (context) => expireUploads(context, { ...config, bytes: storage.bytes }) },
    { name: purgeLeaseName, run: (context) => purgeImages(context, { ...config, storage }) },
    {
      name: 'remove-idempotency-keys',
      run: (context) =>
        inBatches(context, (limit) =>
          removeIdempotencyKeys(db, { createdBeforeMs: now() - idempotencyLifetimeMs, limit }),
        ),
    },
    {
      name: 'remove-audit-events',
      run: (context) =>
        inBatches(context, (limit) => removeAuditEvents(db, { beforeMs: now() - config.auditRetentionMs, limit })),
    },
    // A URL that was signed with the old key just before the server saw the new one has lived its life by then.
    {
      name: 'remove-retired-keys',
      run: () => removeRetiredSecrets(db, { retiredBeforeMs: now() - 2 * byteUrlLifetimeMs }),
    },
    ...storage.jobs,
    ...extraJobs,
  ]

  const runJob = async ({ name, run, restMs }: MaintenanceJob): Promise<number> => {
    const keepGoing = async () =>
      !isStopped && (await acquireLease(db, { name, holder, nowMs: now(), lifetimeMs: leaseLifetimeMs }))
    if (!(await keepGoing())) return 0
    try {
      const count = await run({ db, now, keepGoing })
      if (count > 0) log.info({ job: name, count }, 'maintenance')
      if (restMs !== undefined && !isStopped) await restLease(db, { name, holder, nowMs: now(), lifetimeMs: restMs })
      return count
    } finally {
      await releaseLease(db, { name, holder })
    }
  }
  const runOnce = async () => {
    const counts: Record<string, number> = {}
    for (const job of jobs) {
      try {
        counts[job.name] = await runJob(job)
      } catch (error) {
        // A full disk, for instance: the next run goes on where this one stopped.
        log.error({ err: error, job: job.name }, 'a maintenance job failed')
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
      storage.start()
      tick()
      timers.push(setInterval(tick, intervalMs).unref())
      timers.push(setInterval(() => void keyring.refresh(), keyRefreshIntervalMs).unref())
    },
    async stop() {
      isStopped = true
      for (const timer of timers) clearInterval(timer)
      await running
    },
  }
}

async function inBatches({ keepGoing }: JobContext, remove: (limit: number) => Promise<number>): Promise<number> {
  let total = 0
  while (await keepGoing()) {
    const count = await remove(removalBatchSize)
    total += count
    if (count < removalBatchSize) break
  }
  return total
}
