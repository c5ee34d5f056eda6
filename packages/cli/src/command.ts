import type { Client } from '@slipway/sdk'
import type { Config } from './config.ts'
import type { Sdk } from './host.ts'
import type { Output } from './output.ts'

/** How an option's value is read. A `flag` takes none. */
export type OptionKind = 'text' | 'flag' | 'size' | 'count'

export interface OptionDefinition {
  readonly kind: OptionKind
  readonly summary: string
  readonly short?: string
  /** What help calls its value, such as `SIZE`; a flag has none. */
  readonly value?: string
}

export interface PositionalDefinition {
  readonly name: string
  readonly summary: string
}

type Options = Readonly<Record<string, OptionDefinition>>
type ValueOf<Kind extends OptionKind> = Kind extends 'text' ? string : Kind extends 'flag' ? boolean : number

/** What a command's code gets: positionals in order, options by their name as typed. A flag is always there. */
export interface Arguments<O extends Options = Options> {
  readonly positionals: readonly string[]
  readonly options: {
    readonly [K in keyof O]: ValueOf<O[K]['kind']> | (O[K]['kind'] extends 'flag' ? never : undefined)
  }
}

/** What a command's code works with. */
export interface CommandContext {
  readonly output: Output
  /** Aborted by Ctrl-C, SIGTERM, or a reader of stdout that has left. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly debug: boolean
  /** A folder for notes of unfinished uploads. */
  readonly journalDirectory: string
  readonly loadConfig: () => Promise<Config>
  /** The client of this run; the first call needs a token and loads the SDK. */
  readonly connect: () => Promise<{ readonly client: Client; readonly sdk: Sdk }>
}

/** One command as data: parser, help and documentation all derive from it. Its code is loaded when it runs. */
export interface CommandDefinition<O extends Options = Options> {
  /** The words after `slipway`, such as `['images', 'upload']`. */
  readonly path: readonly string[]
  /** The short form, also after `slipway`: `upload`. */
  readonly alias?: string
  readonly summary: string
  readonly positionals: readonly PositionalDefinition[]
  readonly options: O
  readonly examples: readonly (readonly [command: string, purpose: string])[]
  readonly load: () => Promise<{ readonly run: (args: Arguments<O>, context: CommandContext) => Promise<void> }>
}

/** Checks that the code takes what the options give, then forgets which options they are. */
export function defineCommand<const O extends Options>(definition: CommandDefinition<O>): CommandDefinition {
  return definition as unknown as CommandDefinition
}
