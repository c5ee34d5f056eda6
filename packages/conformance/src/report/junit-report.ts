import type { CaseResult } from '../run/case-result.ts'
import type { ConformanceReport } from '../run/run-conformance.ts'
import { areaOf, groupBy, summarize } from './summary.ts'

/** JUnit's XML, as CI systems read it: a suite for each area, a test for each case. */
export function junitReport({ results, startedAt, durationMs }: ConformanceReport): string {
  const suites = [...groupBy(results, (result) => areaOf(result.case.id))].map(([area, own]) => {
    const attributes = { name: area, ...countsOf(own), timestamp: startedAt.toISOString().slice(0, 19) }
    return element('testsuite', attributes, own.map(testcase))
  })
  const attributes = { name: 'conformance', ...countsOf(results), time: (durationMs / 1000).toFixed(3) }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, suites)}\n`
}

function countsOf(results: readonly CaseResult[]) {
  const { failed, notRun } = summarize(results)
  const seconds = results.reduce((sum, result) => sum + result.durationMs, 0) / 1000
  return { tests: results.length, failures: failed, errors: 0, skipped: notRun, time: seconds.toFixed(3) }
}

function testcase(result: CaseResult): string {
  const { id, title, sentence } = result.case
  const attributes = { classname: id, name: title, time: (result.durationMs / 1000).toFixed(3) }
  if (result.outcome === 'passed') return element('testcase', attributes, [])
  const child =
    result.outcome === 'failed'
      ? element('failure', { message: result.message, type: result.kind }, [
          escapeXml(`${sentence}\n${result.message}`),
        ])
      : element('skipped', { message: result.reason }, [])
  return element('testcase', attributes, [child])
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, children: readonly string[]) {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
  const open = `<${name}${written.join('')}`
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`
}

// What XML 1.0 cannot hold at all, escaped or not.
const illegalCharacters = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

function escapeXml(text: string): string {
  return text
    .replace(illegalCharacters, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
}
