import type { CommandDefinition, OptionDefinition } from '../src/command.ts'
import { catalog } from '../src/commands/catalog.ts'
import { globalOptions } from '../src/commands/shared-options.ts'
import { exitCodeMeanings, exitCodes } from '../src/exit-codes.ts'
import { usageOf } from '../src/help.ts'
import { environmentVariables, files } from './document-settings.ts'

/** The reference page in Markdown, made of the same data as the parser and the help. */
export function renderReference(): string {
  return `${[
    '# slipway: command reference',
    'Made from the command definitions by `pnpm run docs`; a test compares the two. How things fit together is in the ' +
      '[README](../README.md).',
    catalog.map(({ path }) => `- [slipway ${path.join(' ')}](#${anchorOf(path)})`).join('\n'),
    ...catalog.map(renderCommand),
    '## Options everywhere',
    optionTable(globalOptions),
    '## Environment',
    table(
      ['variable', 'meaning'],
      environmentVariables.map(([name, meaning]) => [codes(name), meaning]),
    ),
    '## Files',
    table(
      ['file', 'meaning'],
      files.map(([path, meaning]) => [`\`${path}\``, meaning]),
    ),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      Object.entries(exitCodes).map(([key, code]) => [String(code), meaningOf(key)]),
    ),
  ].join('\n\n')}\n`
}

export function meaningOf(key: string): string {
  return exitCodeMeanings[key as keyof typeof exitCodes]
}

function renderCommand({
  path,
  alias,
  summary,
  details = [],
  positionals,
  options,
  examples,
}: CommandDefinition): string {
  const places = usageOf(positionals)
  const usage = [`slipway ${path.join(' ')}${places} [options]`]
  if (alias !== undefined) usage.push(`slipway ${alias}${places} [options]`)
  return [
    `## slipway ${path.join(' ')}`,
    `${summary}.`,
    `\`\`\`text\n${usage.join('\n')}\n\`\`\``,
    ...details,
    ...(positionals.length === 0
      ? []
      : [
          table(
            ['argument', 'meaning'],
            positionals.map(({ name, summary: text }) => [`\`${name}\``, text]),
          ),
        ]),
    ...(Object.keys(options).length === 0 ? [] : [optionTable(options)]),
    `\`\`\`sh\n${examples.map(([command, purpose]) => `${command}   # ${purpose}`).join('\n')}\n\`\`\``,
  ].join('\n\n')
}

function optionTable(options: Readonly<Record<string, OptionDefinition>>): string {
  const rows = Object.entries(options).map(([name, { short, value, summary }]) => {
    const long = `\`--${name}${value === undefined ? '' : ` ${value}`}\``
    return [short === undefined ? long : `${long}, \`-${short}\``, summary]
  })
  return table(['option', 'meaning'], rows)
}

/** Padded, as the formatter of this repository wants it. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = header.map((_, index) => Math.max(...lines.map((cells) => cells[index]?.length ?? 0)))
  const ruler = widths.map((width) => '-'.repeat(width))
  const [first = [], ...others] = lines
  return [first, ruler, ...others]
    .map((cells) => `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`)
    .join('\n')
}

function codes(names: string): string {
  return names
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(', ')
}

function anchorOf(path: readonly string[]): string {
  return ['slipway', ...path].join('-')
}
