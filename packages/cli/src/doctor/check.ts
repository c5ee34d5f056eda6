import { describeError } from '../describe-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

/** What one look at something found. */
export interface Finding {
  /** What was looked at: `token`, `clock`. */
  readonly check: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly message: string
  readonly hint?: string | undefined
  /** What a failure exits with. */
  readonly exitCode?: ExitCode
}

export const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message })
export const warning = (check: string, message: string): Finding => ({ check, status: 'warning', message })

/** What was thrown, as a finding: one thing that is broken does not keep the others from being looked at. */
export function failed(check: string, error: unknown): Finding {
  const { message, hint, exitCode } = describeError(error)
  return { check, status: 'failed', message, hint, exitCode }
}

/** What the whole exits with: the first failure's code; with `isStrict`, a warning is one too. */
export function exitCodeOf(findings: readonly Finding[], isStrict: boolean): ExitCode {
  const failure = findings.find(({ status }) => status === 'failed')
  if (failure) return failure.exitCode ?? exitCodes.other
  return isStrict && findings.some(({ status }) => status === 'warning') ? exitCodes.localFile : exitCodes.ok
}
