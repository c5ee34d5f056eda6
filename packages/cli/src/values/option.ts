import type { OptionKind } from '../command.ts'
import { parseCount } from './count.ts'
import { parseSize } from './size.ts'
import { usageFailure } from './usage-failure.ts'

/** Reads one option's value as the parser left it: text, a flag, or nothing. */
export function readOption(raw: unknown, kind: OptionKind, option: string): string | number | boolean | undefined {
  if (kind === 'flag') {
    if (raw === undefined || typeof raw === 'boolean') return raw ?? false
    throw usageFailure(`${option} takes no value`)
  }
  if (raw === undefined) return undefined
  if (typeof raw !== 'string' || raw === '') throw usageFailure(`${option} needs a value`)
  if (kind === 'size') return parseSize(raw, option)
  return kind === 'count' ? parseCount(raw, option) : raw
}
