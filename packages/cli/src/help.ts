import type { CommandDefinition, OptionDefinition } from './command.ts'
import { catalog, groups } from './commands/catalog.ts'
import { globalOptions } from './commands/shared-options.ts'
import { formatDefinitions, maxColumns, wrapWords } from './format/definitions.ts'

const rootExamples = [
  ['slipway upload disk.img --name ubuntu-24.04', 'upload a disk image'],
  ['slipway ls', 'list what is there'],
  ['slipway download ubuntu-24.04 copy.img', 'download and verify it'],
] as const

/** Help of `slipway` itself, or of a word that groups commands. */
export function groupHelp(group: string | undefined, columns: number): string {
  const commands = catalog.filter(({ path }) => group === undefined || path[0] === group)
  const shorts = catalog.flatMap(({ path, alias }) =>
    alias !== undefined && (group === undefined || path[0] === group) ? [[alias, path.join(' ')] as const] : [],
  )
  const prefix = group === undefined ? 'slipway' : `slipway ${group}`
  const about =
    group === undefined ? 'Move VM disk images from where they are built to where they boot' : (groups[group] ?? '')
  return joinSections([
    `${about}.`,
    `Usage: ${prefix} COMMAND [options]`,
    section(
      'Commands',
      commands.map(({ path, summary }) => [path.join(' '), summary]),
      columns,
    ),
    section('Short forms', shorts, columns),
    optionsSection('Options everywhere', globalOptions, columns),
    group === undefined ? examplesSection(rootExamples) : '',
    'See slipway COMMAND --help; `man slipway` has exit codes and JSON output.',
  ])
}

export function commandHelp(
  { path, alias, summary, details = [], positionals, options, examples }: CommandDefinition,
  columns: number,
): string {
  const places = usageOf(positionals)
  const short = alias === undefined ? '' : `\nShort: slipway ${alias}${places} [options]`
  return joinSections([
    `${summary}.`,
    ...details.map((text) => wrapWords(text, Math.min(columns, maxColumns)).join('\n')),
    `Usage: slipway ${path.join(' ')}${places} [options]${short}`,
    section(
      'Arguments',
      positionals.map(({ name, summary }) => [name, summary]),
      columns,
    ),
    optionsSection('Options', options, columns),
    optionsSection('Options everywhere', globalOptions, columns),
    examplesSection(examples),
  ])
}

/** The places of a command line: ` REF [FILE]`. */
export function usageOf(positionals: CommandDefinition['positionals']): string {
  return positionals.map(({ name, isOptional }) => (isOptional ? ` [${name}]` : ` ${name}`)).join('')
}

function optionsSection(title: string, options: Readonly<Record<string, OptionDefinition>>, columns: number): string {
  const entries = Object.entries(options).map(([name, { short, value, summary }]) => {
    const prefix = short === undefined ? '    ' : `-${short}, `
    return [`${prefix}--${name}${value === undefined ? '' : ` ${value}`}`, summary] as const
  })
  return section(title, entries, columns)
}

function section(title: string, entries: readonly (readonly [string, string])[], columns: number): string {
  return entries.length === 0 ? '' : `${title}:\n${formatDefinitions(entries, columns)}`
}

/** One below the other, never wrapped: a command is there to be copied. */
function examplesSection(examples: CommandDefinition['examples']): string {
  return `Examples:\n${examples.map(([command, purpose]) => `  # ${purpose}\n  ${command}`).join('\n')}`
}

function joinSections(sections: readonly string[]): string {
  return sections.filter((text) => text !== '').join('\n\n')
}
