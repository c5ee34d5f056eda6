import type { Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'

/** What every request of one client shares. */
export interface Transport {
  /** Without the version prefix and without a trailing slash. */
  readonly apiUrl: string
  /** A function, so that a printed client shows no token. */
  readonly bearerToken: () => string
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  /** 0 up to but not including 1; spreads retries. */
  readonly random: () => number
  readonly userAgent: string
  /** How long an API call may take to answer, in milliseconds. */
  readonly timeoutMs: number
  /** Attempts of an API call, the first included. */
  readonly maxAttempts: number
  readonly onRequest: ((request: RequestRecord) => void) | undefined
  readonly onReceived: ((sizeBytes: number) => void) | undefined
}

/** One finished attempt, fit to be shown: no query, no header, no token. */
export interface RequestRecord {
  readonly method: string
  readonly path: string
  readonly attempt: number
  /** Absent when no answer came. */
  readonly status?: number
  readonly requestId?: string
  readonly durationMs: number
  /** The caller stopped it: that it has no status says nothing of the server. */
  readonly isCancelled: boolean
}
