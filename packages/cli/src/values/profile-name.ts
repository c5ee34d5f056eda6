import { usageFailure } from './usage-failure.ts'

/** Letters, digits, `.`, `_` and `-`: what needs no quotes in a shell. */
export function parseProfileName(text: string): string {
  if (/^[a-zA-Z0-9][\w.-]{0,63}$/.test(text)) return text
  throw usageFailure(`${JSON.stringify(text)} cannot be a profile's name`, 'use letters, digits, dots and dashes')
}
