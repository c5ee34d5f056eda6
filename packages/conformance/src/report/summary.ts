import type { CaseResult } from '../run/case-result.ts'

export interface Summary {
  readonly passed: number
  readonly failed: number
  readonly notRun: number
}

export function summarize(results: readonly CaseResult[]): Summary {
  const count = (outcome: CaseResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  return { passed: count('passed'), failed: count('failed'), notRun: count('not-run') }
}

/** The part of an id before the first dot: what reports group by. */
export function areaOf(id: string): string {
  return id.split('.')[0] ?? id
}

export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
