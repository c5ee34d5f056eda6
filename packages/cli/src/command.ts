import type { Client } from '@slipway/sdk'
import type { Config, ConfigOptions } from './config.ts'
import type { Host, Sdk } from './host.ts'
import type { Output } from './output.ts'

/** How an option's value is read. A `flag` takes none; a `choice` is one of a few words. */
export type OptionKind = 'text' | 'flag' | 'size' | 'count' | 'choice'

/** What the shell offers where a value is typed. */
export type Completion = 'file' | 'image' | 'workspace' | 'profile' | readonly string[]

export interface OptionDefinition {
  readonly kind: OptionKind
  readonly summary: string
  readonly short?: string
  /** What help calls its value, such as `SIZE`; a flag has none. */
  readonly value?: string
  /** The words of a `choice`. */
  readonly choices?: readonly string[]
  readonly completes?: Completion
}

export interface PositionalDefinition {
  readonly name: string
  readonly summary: string
  readonly isOptional?: boolean
  readonly completes?: Completion
}

type Options = Readonly<Record<string, OptionDefinition>>
type ValueOf<O extends OptionDefinition> = ValueOfKind<O['kind'], O>
// A naked parameter, so that it distributes: of options not known in detail it makes the union of all.
type ValueOfKind<Kind extends OptionKind, O> = Kind extends 'text'
  ? string
  : Kind extends 'flag'
    ? boolean
    : Kind extends 'choice'
      ? ChoiceOf<O>
      : number
type ChoiceOf<O> = O extends { readonly choices: readonly (infer Choice)[] } ? Choice : string

/** What a command's code gets: positionals in order, options by their name as typed. A flag is always there. */
export interface Arguments<O extends Options = Options> {
  readonly positionals: readonly string[]
  readonly options: {
    readonly [K in keyof O]: ValueOf<O[K]> | (O[K]['kind'] extends 'flag' ? never : undefined)
  }
}

/** What a command's code works with. */
export interface CommandContext {
  readonly output: Output
  /** Aborted by Ctrl-C, SIGTERM, or a reader of stdout that has left. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly stdin: Host['stdin']
  /** For bytes; what is written as text goes through `output`. */
  readonly stdout: Host['stdout']
  readonly probe: Host['probe']
  /** Requests, and attempts that failed, are shown. */
  readonly isVerbose: boolean
  /** A folder for notes of unfinished uploads. */
  readonly journalDirectory: string
  readonly loadConfig: () => Promise<Config>
  /** What the environment and the flags say of settings; for commands that change the file. */
  readonly configOptions: ConfigOptions
  /** The client of this run; the first call needs a token and loads the SDK. */
  readonly connect: (settings?: ConnectSettings) => Promise<Connection>
}

export interface Connection {
  readonly client: Client
  readonly sdk: Sdk
}

/** In place of what the configuration says. */
export interface ConnectSettings {
  readonly apiUrl: string
  readonly token: string
  /** Default: the SDK's. */
  readonly maxAttempts?: number
  readonly timeoutMs?: number
}

/** One command as data: parser, help and documentation all derive from it. Its code is loaded when it runs. */
export interface CommandDefinition<O extends Options = Options> {
  /** The words after `slipway`, such as `['images', 'upload']`. */
  readonly path: readonly string[]
  /** The short form, also after `slipway`: `upload`. */
  readonly alias?: string
  readonly summary: string
  /** More than the summary says, a paragraph each; for help and the reference. */
  readonly details?: readonly string[]
  readonly positionals: readonly PositionalDefinition[]
  readonly options: O
  readonly examples: readonly (readonly [command: string, purpose: string])[]
  readonly load: () => Promise<{ readonly run: (args: Arguments<O>, context: CommandContext) => Promise<void> }>
}

/** Checks that the code takes what the options give, then forgets which options they are. */
export function defineCommand<const O extends Options>(definition: CommandDefinition<O>): CommandDefinition {
  return definition as unknown as CommandDefinition
}
