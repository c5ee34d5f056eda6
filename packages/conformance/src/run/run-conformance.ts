import type { ConformanceCase } from '../case.ts'
import { conformanceCases } from '../cases/index.ts'
import type { CaseResult } from './case-result.ts'
import type { CleanupReport } from './ledger.ts'
import { selectCases } from './select-cases.ts'
import { openSession, type SessionOptions } from './session.ts'

export interface ConformanceOptions extends SessionOptions {
  /** Tags or ids of cases. Default: all. */
  readonly only?: readonly string[] | undefined
  /** Default: every case of the kit. */
  readonly cases?: readonly ConformanceCase[] | undefined
  /** Cases at a time. Default: 4. */
  readonly concurrency?: number | undefined
  /** Hears of each case as it ends. */
  readonly onResult?: ((result: CaseResult) => void) | undefined
}

export interface ConformanceReport {
  readonly url: string
  /** What the server says it is, where it says so. */
  readonly server: string | undefined
  readonly startedAt: Date
  readonly durationMs: number
  /** In the kit's order. */
  readonly results: readonly CaseResult[]
  readonly sentBytes: number
  readonly cleanup: CleanupReport
  readonly isInterrupted: boolean
}

const defaultConcurrency = 4

/**
 * Puts the chosen cases to a server and cleans up after itself, also after failures and when stopped.
 * @throws {UnusableServerError} when the address, the token or the workspace is wrong
 * @throws {UnknownSelectionError} when `only` names no tag and no case
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { cases = conformanceCases, concurrency = defaultConcurrency, onResult, signal } = options
  const selected = selectCases(cases, options.only)
  const startedAt = new Date()
  const session = await openSession(options)
  const results = new Map<string, CaseResult>()
  const runAll = async (due: ConformanceCase[], workerCount: number) => {
    const work = async () => {
      for (let next = due.shift(); next; next = due.shift()) {
        const result = await session.run(next)
        results.set(next.id, result)
        onResult?.(result)
      }
    }
    await Promise.all(Array.from({ length: workerCount }, work))
  }
  await runAll(
    selected.filter(({ isAlone }) => !isAlone),
    concurrency,
  )
  await runAll(
    selected.filter(({ isAlone }) => isAlone),
    1,
  )
  const cleanup = await session.close()
  const ordered = selected.map(({ id }) => results.get(id)).filter((result) => result !== undefined)
  return {
    url: new URL(options.url).origin,
    server: session.server.capabilities?.server,
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
    results: ordered,
    sentBytes: ordered.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
    cleanup,
    isInterrupted: signal?.aborted ?? false,
  }
}
