import type { CommandDefinition, OptionDefinition } from '../src/command.ts'
import { catalog } from '../src/commands/catalog.ts'
import { globalOptions } from '../src/commands/shared-options.ts'
import { exitCodes } from '../src/exit-codes.ts'
import { usageOf } from '../src/help.ts'
import { environmentVariables, files } from './document-settings.ts'
import { meaningOf } from './render-reference.ts'

/** The manual page in roff, of the macros of man(7) that every reader of it knows. */
export function renderManPage(): string {
  return `${[
    '.TH SLIPWAY 1 "" "slipway" "User Commands"',
    '.SH NAME',
    'slipway \\- move VM disk images from where they are built to where they boot',
    '.SH SYNOPSIS',
    '.B slipway',
    roff('COMMAND [options]'),
    '.SH COMMANDS',
    ...catalog.flatMap(renderCommand),
    '.SH OPTIONS EVERYWHERE',
    ...Object.entries(globalOptions).flatMap(renderOption),
    '.SH OUTPUT',
    'Data goes to standard output, everything else to standard error. With',
    '.B \\-\\-json',
    'every line of both is one JSON object: results, and events with a',
    '.IR type .',
    '.SH ENVIRONMENT',
    ...environmentVariables.flatMap(([name, meaning]) => term(`.B ${roff(name)}`, meaning)),
    '.SH FILES',
    ...files.flatMap(([path, meaning]) => term(`.I ${roff(path)}`, meaning)),
    '.SH EXIT STATUS',
    ...Object.entries(exitCodes).flatMap(([key, code]) => term(`.B ${code}`, meaningOf(key))),
  ].join('\n')}\n`
}

function renderCommand({
  path,
  alias,
  summary,
  details = [],
  positionals,
  options,
  examples,
}: CommandDefinition): string[] {
  const places = usageOf(positionals)
  return [
    `.SS ${quoted(`slipway ${path.join(' ')}${places}`)}`,
    roff(`${summary}.`),
    ...(alias === undefined ? [] : ['.br', roff(`Short: slipway ${alias}${places}`)]),
    ...details.flatMap((text) => ['.PP', roff(text)]),
    ...positionals.flatMap(({ name, summary: text }) => term(`.I ${roff(name)}`, text)),
    ...Object.entries(options).flatMap(renderOption),
    ...examples.flatMap(([command, purpose]) => [
      '.PP',
      roff(`${purpose[0]?.toUpperCase()}${purpose.slice(1)}:`),
      '.br',
      `.B ${quoted(command)}`,
    ]),
  ]
}

function renderOption([name, { short, value, summary }]: readonly [string, OptionDefinition]): string[] {
  const long = `\\fB${roff(`--${name}`)}\\fR${value === undefined ? '' : ` \\fI${roff(value)}\\fR`}`
  return term(short === undefined ? long : `\\fB${roff(`-${short}`)}\\fR, ${long}`, summary)
}

function term(head: string, text: string): string[] {
  return ['.TP', head, roff(text)]
}

/** A hyphen that is typed is `\-`; a line must not begin with a control character. */
function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&')
}

function quoted(text: string): string {
  return `"${roff(text).replaceAll('"', '""')}"`
}
