import type { Database } from '../metadata/schema.ts'

/** What a job works with. Jobs do their work in small steps, each complete in itself, so that any of them may be the last. */
export interface JobContext {
  readonly db: Database
  readonly now: () => number
  /** Renews the lease. @returns false when the job must stop: the server stops, or somebody else has the lease */
  readonly keepGoing: () => Promise<boolean>
}
