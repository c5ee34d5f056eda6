import type { DatabaseCondition } from './database-condition.ts'

// Result codes of https://sqlite.org/rescode.html; the low byte of an extended code is its primary code.
const primaryCodes = new Map<number, DatabaseCondition>([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'unavailable'],
  [10, 'unavailable'],
  [13, 'full'],
  [14, 'unavailable'],
])
const constraintUnique = 2067
const constraintPrimaryKey = 1555

/** What an error of `node:sqlite` means to a caller, or undefined for any other error. */
export function sqliteConditionOf(error: unknown): DatabaseCondition | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  if (error.errcode === constraintUnique || error.errcode === constraintPrimaryKey) return 'unique'
  return primaryCodes.get(error.errcode & 0xff)
}
