import type { OptionDefinition } from '../command.ts'
import { nearest } from '../nearest.ts'
import { parseCount } from './count.ts'
import { parseSize } from './size.ts'
import { usageFailure } from './usage-failure.ts'

/** Reads one option's value as the parser left it: text, a flag, or nothing. */
export function readOption(
  raw: unknown,
  { kind, choices = [] }: OptionDefinition,
  option: string,
): string | number | boolean | undefined {
  if (kind === 'flag') {
    if (raw === undefined || typeof raw === 'boolean') return raw ?? false
    throw usageFailure(`${option} takes no value`)
  }
  if (raw === undefined) return undefined
  if (typeof raw !== 'string' || raw === '') throw usageFailure(`${option} needs a value`)
  if (kind === 'size') return parseSize(raw, option)
  if (kind === 'choice' && !choices.includes(raw)) {
    const suggestion = nearest(raw, choices)
    throw usageFailure(
      `${option} must be one of ${choices.join(', ')}, not ${JSON.stringify(raw)}`,
      suggestion && `did you mean ${suggestion}?`,
    )
  }
  return kind === 'count' ? parseCount(raw, option) : raw
}
