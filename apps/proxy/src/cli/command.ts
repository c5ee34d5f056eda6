import type { Options } from 'yargs'

export interface CommandContext {
  readonly env: NodeJS.ProcessEnv
  readonly stdout: NodeJS.WritableStream
}

/** A command as data: what it is called, what it takes, and where its code is once it is wanted. */
export interface Command {
  /** In yargs' words, positionals included: `token revoke <token>`. */
  readonly usage: string
  readonly summary: string
  readonly options: Readonly<Record<string, Options>>
  readonly examples?: readonly (readonly [string, string])[]
  load(): Promise<(args: Readonly<Record<string, unknown>>, context: CommandContext) => Promise<void>>
}
