import type { CaseResult } from '../run/case-result.ts'
import type { ConformanceReport } from '../run/run-conformance.ts'
import { areaOf, groupBy, summarize } from './summary.ts'
import { wrap } from './wrap.ts'

/** What a person reads: the failures with the sentence that each breaks, what was not run and why, and the figures. */
export function textReport(report: ConformanceReport): string {
  return [
    ...areaLines(report.results),
    ...failureLines(report.results),
    ...notRunLines(report.results),
    ...closingLines(report),
  ].join('\n')
}

const columns = ['area', 'passed', 'failed', 'not run'] as const

function areaLines(results: readonly CaseResult[]): readonly string[] {
  const rows = [...groupBy(results, (result) => areaOf(result.case.id))].map(([area, own]) => {
    const { passed, failed, notRun } = summarize(own)
    return [area, ...[passed, failed, notRun].map((count) => (count === 0 ? '-' : String(count)))]
  })
  const line = ([area = '', ...counts]: readonly string[]) =>
    area.padEnd(20) + counts.map((text) => text.padStart(9)).join('')
  return [line(columns), ...rows.map(line), '']
}

function failureLines(results: readonly CaseResult[]): readonly string[] {
  return results.flatMap((result) => {
    if (result.outcome !== 'failed') return []
    return [
      wrap(`FAILED ${result.case.id}: ${result.case.title}`),
      wrap(`contract: ${result.case.sentence}`, { indent: '  ' }),
      wrap(`${labels[result.kind]}: ${result.message}`, { indent: '  ' }),
      '',
    ]
  })
}

const labels = {
  violation: 'found',
  preparation: 'could not be tried',
  timeout: 'timed out',
  error: 'the kit stumbled over the answer',
} as const

function notRunLines(results: readonly CaseResult[]): readonly string[] {
  const notRun = results.filter((result) => result.outcome === 'not-run')
  return [...groupBy(notRun, ({ reason }) => reason)].flatMap(([reason, own]) => [
    wrap(`NOT RUN, ${own.length} ${own.length === 1 ? 'case' : 'cases'}: ${reason}`),
    wrap(own.map((result) => result.case.id).join(' '), { indent: '  ' }),
    '',
  ])
}

function closingLines({ results, url, server, sentBytes, durationMs, cleanup, isInterrupted }: ConformanceReport) {
  const { passed, failed, notRun } = summarize(results)
  const { deletedCount, leftBehind } = cleanup
  return [
    wrap(
      `${url}${server === undefined ? '' : ` (${server})`}: ${passed} passed, ${failed} failed, ${notRun} not run, in ` +
        `${(durationMs / 1000).toFixed(1)} s; ${(sentBytes / 2 ** 20).toFixed(1)} MiB uploaded, ${deletedCount} deleted ` +
        'again.',
    ),
    ...(isInterrupted ? ['The run was stopped: what it had created was cleaned up.'] : []),
    ...leftBehind.map((what) => wrap(`LEFT BEHIND: ${what}`)),
    '',
  ]
}
