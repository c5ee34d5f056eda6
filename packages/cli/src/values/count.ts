import { usageFailure } from './usage-failure.ts'

/** Reads a whole number from 1 on. */
export function parseCount(text: string, option: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count
  throw usageFailure(`${option} must be a whole number from 1 on, not ${JSON.stringify(text)}`)
}
