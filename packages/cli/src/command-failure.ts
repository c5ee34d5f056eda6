import type { ExitCode } from './exit-codes.ts'

export interface CommandFailureOptions {
  readonly exitCode: ExitCode
  /** What to do about it, as one line. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** A failure that the command line itself found: what happened, what to do, and the code to exit with. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: ExitCode
  readonly hint: string | undefined

  constructor(message: string, { exitCode, hint, cause }: CommandFailureOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.exitCode = exitCode
    this.hint = hint
  }
}
