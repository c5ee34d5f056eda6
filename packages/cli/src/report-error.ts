import { CommandFailure } from './command-failure.ts'
import { describeError, type ErrorDescription } from './describe-error.ts'
import { exitCodes } from './exit-codes.ts'
import { safeText } from './format/safe-text.ts'
import type { Interruption } from './interruption.ts'
import type { Output } from './output.ts'

/** When a command has nothing of its own to say about being stopped. */
const plainStop: ErrorDescription = {
  message: 'before the command was done',
  hint: undefined,
  exitCode: exitCodes.interrupted,
}

export interface ReportOptions {
  readonly output: Output
  readonly interruption: Interruption
  readonly wantsStack: boolean
}

/** Says what happened in one line and what to do in another. @returns what to exit with */
export function reportError(error: unknown, { output, interruption, wantsStack }: ReportOptions): number {
  const stoppedBy = interruption.exitCode()
  const isPlainStop = stoppedBy !== undefined && !(error instanceof CommandFailure)
  const described = isPlainStop ? plainStop : describeError(error)
  const { message, hint } = described
  const exitCode = stoppedBy ?? described.exitCode
  if (output.isJson()) {
    const { code = null, requestId = null } = described
    output.event({ type: 'error', message: safeText(message), hint: hint ?? null, code, requestId, exitCode })
    if (wantsStack && error instanceof Error) output.event({ type: 'stack', stack: stackOf(error) })
    return exitCode
  }
  const { paint } = output.err
  output.talk(`${stoppedBy === undefined ? paint('red', 'error:') : paint('yellow', 'stopped:')} ${safeText(message)}`)
  if (hint !== undefined) output.talk(`${paint('dim', 'hint:')} ${safeText(hint)}`)
  if (wantsStack && error instanceof Error) output.talk(stackOf(error))
  return exitCode
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
