import { postgresConditionOf } from './postgres-errors.ts'
import { sqliteConditionOf } from './sqlite-errors.ts'

/** `conflict`: rolled back, to be attempted anew. `busy`: too slow or too many. `unavailable`: not there. */
export type DatabaseCondition = 'unique' | 'conflict' | 'busy' | 'full' | 'unavailable'

/** What a database's error means to a caller, or undefined for any other error. The one place that asks both engines. */
export function databaseConditionOf(error: unknown): DatabaseCondition | undefined {
  return sqliteConditionOf(error) ?? postgresConditionOf(error)
}

export function isUniqueViolation(error: unknown): boolean {
  return databaseConditionOf(error) === 'unique'
}
