import type { ConformanceCase } from '../case.ts'
import { NotApplicable, PreparationFailure, Violation } from '../violation.ts'
import type { CaseContext } from './case-context.ts'
import type { CaseResult, FailureKind } from './case-result.ts'

export interface RunCaseOptions {
  readonly createContext: (signal: AbortSignal, onSent: (sizeBytes: number) => void) => CaseContext
  /** Aborted when the whole run is stopped. */
  readonly runSignal: AbortSignal
  readonly timeoutMs: number
  readonly redact: (text: string) => string
}

/** Puts one case to the server. Never throws. */
export async function runCase(conformanceCase: ConformanceCase, options: RunCaseOptions): Promise<CaseResult> {
  const { createContext, runSignal, timeoutMs, redact } = options
  const startedAtMs = performance.now()
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([runSignal, deadline])
  let sentBytes = 0
  const context = createContext(signal, (sizeBytes) => {
    sentBytes += sizeBytes
  })
  const base = () => ({ case: conformanceCase, durationMs: performance.now() - startedAtMs, sentBytes })
  try {
    await conformanceCase.run(context)
    return { ...base(), outcome: 'passed' }
  } catch (error) {
    if (runSignal.aborted) return { ...base(), outcome: 'not-run', reason: 'the run was stopped' }
    if (error instanceof NotApplicable) return { ...base(), outcome: 'not-run', reason: redact(error.message) }
    if (deadline.aborted) {
      const message = `it did not end within ${timeoutMs / 1000} s: the server is slow or hangs (--timeout)`
      return { ...base(), outcome: 'failed', kind: 'timeout', message }
    }
    const message = redact(error instanceof Error ? error.message : String(error))
    return { ...base(), outcome: 'failed', kind: kindOf(error), message }
  }
}

function kindOf(error: unknown): FailureKind {
  if (error instanceof Violation) return 'violation'
  return error instanceof PreparationFailure ? 'preparation' : 'error'
}
