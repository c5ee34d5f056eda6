import type { CaseResult } from '../run/case-result.ts'

const width = 80
const marks = { passed: 'ok      ', failed: 'FAILED  ', 'not-run': 'not run ' } as const

/** One line as a case ends, cut to 80 columns. */
export function progressLine({ outcome, case: { id, title } }: CaseResult): string {
  const line = `${marks[outcome]}${id}: ${title}`
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}
