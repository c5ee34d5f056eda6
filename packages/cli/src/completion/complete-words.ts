import type { CommandDefinition, Completion, OptionDefinition } from '../command.ts'
import { catalog, groups } from '../commands/catalog.ts'
import { globalOptions } from '../commands/shared-options.ts'

export interface Candidate {
  readonly value: string
  readonly summary: string
}

/** What can stand where the cursor is: words that are known here, or a kind of thing that has to be looked up. */
export type Offer =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'file' | 'image' | 'workspace' | 'profile' }

const nothing: Offer = { kind: 'words', candidates: [] }

/**
 * Tells what can follow. @param typed the words after `slipway`, the last of them the one under the cursor, perhaps empty
 */
export function completeWords(typed: readonly string[]): Offer {
  // bash takes `--name=value` apart at the sign.
  const words = typed.at(-1) === '=' ? [...typed.slice(0, -1), ''] : [...typed]
  const current = words.pop() ?? ''
  const before = words.filter((word) => word !== '=')
  const isPlain = before.includes('--')
  const command = findCommand(before)
  const options: Readonly<Record<string, OptionDefinition>> = { ...command?.definition.options, ...globalOptions }
  const asking = isPlain ? undefined : optionOf(before.at(-1), options)
  if (asking && asking.kind !== 'flag') return offerOf(asking.completes ?? asking.choices, current)
  if (current.startsWith('-') && !isPlain) return startingWith(current, optionCandidates(options))
  const places = placesOf(before, options)
  if (!command) return startingWith(current, commandCandidates(places))
  const positional = command.definition.positionals[places.length - command.wordCount]
  return offerOf(positional?.completes, current)
}

/** The words that are neither options nor their values. */
function placesOf(before: readonly string[], options: Readonly<Record<string, OptionDefinition>>): string[] {
  const end = before.indexOf('--')
  const read = end === -1 ? before : before.slice(0, end)
  const places = read.filter((word, index) => {
    if (word.startsWith('-') && word !== '-') return false
    const asking = optionOf(read[index - 1], options)
    return !asking || asking.kind === 'flag'
  })
  return end === -1 ? places : [...places, ...before.slice(end + 1)]
}

interface FoundCommand {
  readonly definition: CommandDefinition
  /** Words that chose it: one for a short form. */
  readonly wordCount: number
}

function findCommand(before: readonly string[]): FoundCommand | undefined {
  const [first, second] = placesOf(before, globalOptions)
  for (const definition of catalog) {
    const { path, alias } = definition
    if (first !== undefined && alias === first) return { definition, wordCount: 1 }
    if (path[0] === first && (path.length === 1 || path[1] === second)) return { definition, wordCount: path.length }
  }
  return undefined
}

function optionOf(word: string | undefined, options: Readonly<Record<string, OptionDefinition>>) {
  if (word === undefined || !word.startsWith('-')) return undefined
  const name = word.replace(/^--?/, '')
  if (word.startsWith('--')) return Object.hasOwn(options, name) ? options[name] : undefined
  return Object.values(options).find(({ short }) => short === name)
}

function optionCandidates(options: Readonly<Record<string, OptionDefinition>>): Candidate[] {
  return Object.entries(options).map(([name, { summary }]) => ({ value: `--${name}`, summary }))
}

function commandCandidates([group]: readonly string[]): Candidate[] {
  if (group !== undefined) {
    return catalog.flatMap(({ path: [first, word], summary }) =>
      first === group && word !== undefined ? [{ value: word, summary }] : [],
    )
  }
  return [
    ...Object.entries(groups).map(([value, summary]) => ({ value, summary })),
    ...catalog.flatMap(({ path, alias, summary }) => [
      ...(path.length === 1 && path[0] !== undefined ? [{ value: path[0], summary }] : []),
      ...(alias === undefined ? [] : [{ value: alias, summary }]),
    ]),
  ]
}

function offerOf(completes: Completion | undefined, current: string): Offer {
  if (completes === undefined) return nothing
  if (typeof completes === 'string') return { kind: completes }
  return startingWith(
    current,
    completes.map((value) => ({ value, summary: '' })),
  )
}

function startingWith(current: string, candidates: readonly Candidate[]): Offer {
  return { kind: 'words', candidates: candidates.filter(({ value }) => value.startsWith(current)) }
}
