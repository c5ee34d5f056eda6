import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mergeWithEarlier, type Results, type SuiteResult, writeResults } from './results.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-bench-results-'))
})
afterEach(() => rm(folder, { recursive: true }))

function suiteResult(suite: string, value: number): SuiteResult {
  const contenders = [
    { name: 'ours', role: 'ours', values: [value, value * 3] },
    { name: 'theirs', role: 'peer', values: [1, 1], peakRssBytes: 2 ** 20 },
  ] as const
  const figure = { kind: 'comparison', id: suite, title: suite, how: 'How.', unit: 'GiB/s', subject: 'ours' } as const
  const leftOut = [{ name: 'nginx', reason: 'no nginx here' }]
  return { suite, measuredAt: '2026-01-02T03:04:05.000Z', seconds: 1, figures: [{ ...figure, contenders }], leftOut }
}

test('the report has medians with their spread, the ratio to each peer, and who was left out', async () => {
  const markdown = await writeResults({ machine: 'm', suites: [suiteResult('a', 2)] }, { folder, isPngWanted: false })
  expect(markdown).toContain('| **ours** | 4.00 (2.00–6.00) |  |  |')
  expect(markdown).toContain('| theirs | 1.00 (1.00–1.00) | × 4.00 (2.00–6.00) | 1 |')
  expect(markdown).toContain('Left out: nginx: no nginx here.')
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe(markdown)
  expect(await readFile(join(folder, 'a.svg'), 'utf8')).toContain('<svg')
})

test('a run of one suite keeps the figures of the others, in order, and only of the same machine', async () => {
  const earlier: Results = { machine: 'm', suites: [suiteResult('a', 1), suiteResult('b', 1), suiteResult('gone', 1)] }
  await writeResults(earlier, { folder, isPngWanted: false })
  const fresh: Results = { machine: 'm', suites: [suiteResult('a', 5)] }
  const merged = await mergeWithEarlier(folder, fresh, ['a', 'b'])
  expect(merged.suites).toEqual([suiteResult('a', 5), suiteResult('b', 1)])
  const elsewhere = { ...fresh, machine: 'another' }
  expect(await mergeWithEarlier(folder, elsewhere, ['a', 'b'])).toEqual(elsewhere)
})
