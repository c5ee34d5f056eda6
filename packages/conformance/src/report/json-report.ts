import type { ConformanceReport } from '../run/run-conformance.ts'
import { summarize } from './summary.ts'

/** What a program reads. */
export function jsonReport({ results, startedAt, durationMs, ...report }: ConformanceReport): string {
  const cases = results.map((result) => ({
    id: result.case.id,
    title: result.case.title,
    sentence: result.case.sentence,
    tags: result.case.tags,
    safety: result.case.safety,
    outcome: result.outcome,
    ...(result.outcome === 'failed' ? { kind: result.kind, message: result.message } : {}),
    ...(result.outcome === 'not-run' ? { reason: result.reason } : {}),
    durationMs: Math.round(result.durationMs),
    sentBytes: result.sentBytes,
  }))
  const figures = { startedAt: startedAt.toISOString(), durationMs: Math.round(durationMs), ...summarize(results) }
  return `${JSON.stringify({ ...report, ...figures, cases }, null, 2)}\n`
}
