import type { Database } from '../metadata/schema.ts'

/** What a job works with. Jobs do their work in small steps, each complete in itself, so that any of them may be the last. */
export interface JobContext {
  readonly db: Database
  readonly now: () => number
  /** Renews the lease. @returns false when the job must stop: the server stops, or somebody else has the lease */
  readonly keepGoing: () => Promise<boolean>
}

export interface MaintenanceJob {
  /** The lease's name, too. */
  readonly name: string
  /** @returns how much it did */
  readonly run: (context: JobContext) => Promise<number>
  /** Rests so long after a run, whichever server did it. Default: until the next round. */
  readonly restMs?: number
}
