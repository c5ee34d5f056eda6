import { createWriteStream } from 'node:fs'
import { join } from 'node:path'

export interface Violation {
  /** Which promise is broken: a stable word. */
  readonly check: string
  readonly message: string
  readonly atMs: number
}

/** What a run leaves to look at: a line for everything that happened, and every broken promise. */
export interface Evidence {
  /** Milliseconds since the run began. */
  elapsedMs(): number
  note(type: string, data: Readonly<Record<string, unknown>>): void
  violate(check: string, message: string): void
  readonly violations: readonly Violation[]
  /** Written out and closed. */
  close(): Promise<void>
}

/** A broken promise is often broken again and again: the first ones tell. */
const mostViolations = 50

export function createEvidence(directory: string): Evidence {
  const stream = createWriteStream(join(directory, 'events.jsonl'))
  const startedAtMs = performance.now()
  const violations: Violation[] = []
  const elapsedMs = () => Math.round(performance.now() - startedAtMs)
  const note: Evidence['note'] = (type, data) => {
    stream.write(`${JSON.stringify({ atMs: elapsedMs(), type, ...data })}\n`)
  }
  return {
    elapsedMs,
    note,
    violations,
    violate(check, message) {
      note('violation', { check, message })
      const isKnown = violations.some((known) => known.check === check && known.message === message)
      if (!isKnown && violations.length < mostViolations) violations.push({ check, message, atMs: elapsedMs() })
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  }
}
