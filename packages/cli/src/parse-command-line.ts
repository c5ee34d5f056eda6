import yargs, { type Argv } from 'yargs'
import type { CommandDefinition, OptionDefinition } from './command.ts'
import { catalog, groups } from './commands/catalog.ts'
import { globalOptions } from './commands/shared-options.ts'
import { commandHelp, groupHelp, usageOf } from './help.ts'
import { nearest } from './nearest.ts'
import { readOption } from './values/option.ts'
import { usageFailure } from './values/usage-failure.ts'

/** What the user typed, understood: a command to run, or text (help, version) to print. */
export type CommandLine =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command'
      readonly command: CommandDefinition
      readonly positionals: readonly string[]
      /** By name as typed, the global ones among them. */
      readonly options: Readonly<Record<string, string | number | boolean | undefined>>
    }

export interface ParseOptions {
  readonly version: string
  /** Columns that help may take. */
  readonly columns: number
}

type OptionDefinitions = Readonly<Record<string, OptionDefinition>>
type RawArguments = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] }
interface Invocation {
  readonly command: CommandDefinition
  /** The words that chose it: its path or its short form. */
  readonly invokedAs: readonly string[]
}

/** yargs takes the words apart; what is wrong with them is said here, each in one line. */
export async function parseCommandLine(typed: readonly string[], options: ParseOptions): Promise<CommandLine> {
  // `slipway help images upload` is what git and gh have taught people to try.
  const argv = typed[0] === 'help' ? [...typed.slice(1), '--help'] : typed
  const found: { invocation?: Invocation } = {}
  const parser = createParser((invocation) => {
    found.invocation = invocation
  })
  // yargs takes the array as its own.
  const raw = (await parser.parseAsync([...argv])) as RawArguments
  return found.invocation
    ? readInvocation(found.invocation, { argv, raw, options })
    : readNoCommand({ argv, raw, options })
}

interface Parsed {
  readonly argv: readonly string[]
  readonly raw: RawArguments
  readonly options: ParseOptions
}

function readInvocation({ command, invokedAs }: Invocation, { argv, raw, options }: Parsed): CommandLine {
  if (raw.help === true) return { kind: 'text', text: commandHelp(command, options.columns) }
  if (raw.version === true) return { kind: 'text', text: options.version }
  const definitions = { ...command.options, ...globalOptions }
  const words = ['slipway', ...invokedAs].join(' ')
  assertOptions({ argv, raw, definitions, words })
  const positionals = raw._.slice(invokedAs.length).map(String)
  assertPositionals(command, positionals, words)
  const values = Object.entries(definitions).map(([name, definition]: [string, OptionDefinition]) => [
    name,
    readOption(raw[name], definition, `--${name}`),
  ])
  return { kind: 'command', command, positionals, options: Object.fromEntries(values) }
}

function readNoCommand({ argv, raw, options }: Parsed): CommandLine {
  const [first, second] = raw._.map(String)
  const group = first !== undefined && Object.hasOwn(groups, first) ? first : undefined
  if (first !== undefined && (group === undefined || second !== undefined)) {
    const typed = group === undefined ? first : `${group} ${second}`
    const suggestion = group === undefined ? nearestCommand(first) : nearestInGroup(group, second ?? '')
    throw usageFailure(
      `unknown command "${typed}"`,
      suggestion ? `did you mean "slipway ${suggestion}"?` : `see slipway ${group ? `${group} ` : ''}--help`,
    )
  }
  assertOptions({ argv, raw, definitions: globalOptions, words: 'slipway' })
  return { kind: 'text', text: raw.version === true ? options.version : groupHelp(group, options.columns) }
}

function nearestCommand(typed: string): string | undefined {
  const words = catalog.flatMap(({ path, alias }) => [path[0] ?? '', ...(alias === undefined ? [] : [alias])])
  return nearest(typed, words)
}

function nearestInGroup(group: string, typed: string): string | undefined {
  const words = catalog.flatMap(({ path: [first, word] }) => (first === group && word !== undefined ? [word] : []))
  const word = nearest(typed, words)
  return word && `${group} ${word}`
}

function createParser(onCommand: (invocation: Invocation) => void): Argv {
  const parser = yargs()
    .scriptName('slipway')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    // English whatever the machine's language is: output is documented and tested.
    .detectLocale(false)
    .exitProcess(false)
    .help(false)
    .version(false)
  addOptions(parser, globalOptions)
  const add = (target: Argv, word: string, invocation: Invocation) =>
    target.command(
      word,
      invocation.command.summary,
      (inner) => addOptions(inner, invocation.command.options),
      () => onCommand(invocation),
    )
  for (const group of Object.keys(groups)) {
    parser.command(group, false, (inner) => {
      for (const command of catalog) {
        const [first, word] = command.path
        if (first === group && word !== undefined) add(inner, word, { command, invokedAs: command.path })
      }
      return inner
    })
  }
  for (const command of catalog) {
    const [word = '', second] = command.path
    if (second === undefined) add(parser, word, { command, invokedAs: command.path })
    if (command.alias !== undefined) add(parser, command.alias, { command, invokedAs: [command.alias] })
  }
  return parser
}

function addOptions(parser: Argv, options: OptionDefinitions): Argv {
  for (const [name, { kind, short }] of Object.entries(options)) {
    // Every value is read as text and parsed by us: yargs would make NaN of a bad number.
    parser.option(name, { type: kind === 'flag' ? 'boolean' : 'string', ...(short !== undefined && { alias: short }) })
  }
  return parser
}

interface OptionCheck {
  readonly argv: readonly string[]
  readonly raw: RawArguments
  readonly definitions: OptionDefinitions
  /** The command as typed, for the hint. */
  readonly words: string
}

function assertOptions({ argv, raw, definitions, words }: OptionCheck): void {
  const names = Object.keys(definitions)
  const known = new Set(['_', '$0', ...names, ...Object.values(definitions).flatMap(({ short }) => short ?? [])])
  const unknown = Object.keys(raw).find((key) => !known.has(key))
  if (unknown !== undefined) {
    const isShort = unknown.length === 1
    const suggestion = isShort ? undefined : nearest(unknown, names)
    throw usageFailure(
      `unknown option ${isShort ? '-' : '--'}${unknown}`,
      suggestion ? `did you mean --${suggestion}?` : `see ${words} --help`,
    )
  }
  // yargs reads `--json=yes` as false without a word.
  const end = argv.indexOf('--')
  for (const word of end === -1 ? argv : argv.slice(0, end)) {
    const name = /^--([^=]+)=/.exec(word)?.[1]
    if (name !== undefined && definitions[name]?.kind === 'flag') throw usageFailure(`--${name} takes no value`)
  }
}

function assertPositionals({ positionals }: CommandDefinition, given: readonly string[], words: string): void {
  const usage = `usage: ${words}${usageOf(positionals)}`
  const missing = positionals.find(({ isOptional }, index) => !isOptional && (given[index] ?? '') === '')
  if (missing) throw usageFailure(`${missing.name} is missing`, usage)
  const extra = given[positionals.length]
  if (extra !== undefined) throw usageFailure(`unexpected argument "${extra}"`, usage)
}
