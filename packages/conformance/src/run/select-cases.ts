import { type ConformanceCase, tags } from '../case.ts'

/** `--only` names what is neither a tag nor a case. */
export class UnknownSelectionError extends Error {
  override readonly name = 'UnknownSelectionError'
}

/** @param only tags or ids of cases; undefined or empty: all */
export function selectCases(
  cases: readonly ConformanceCase[],
  only: readonly string[] | undefined,
): readonly ConformanceCase[] {
  if (only === undefined || only.length === 0) return cases
  const known = new Set<string>([...tags, ...cases.map(({ id }) => id)])
  const unknown = only.filter((word) => !known.has(word))
  if (unknown.length > 0) {
    throw new UnknownSelectionError(
      `no tag and no case is named ${unknown.join(', ')}: the tags are ${tags.join(', ')}`,
    )
  }
  return cases.filter(({ id, tags: own }) => only.some((word) => word === id || own.some((tag) => tag === word)))
}
