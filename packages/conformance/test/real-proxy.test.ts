import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { RunningMode } from '../scripts/modes/mode.ts'
import { sqliteFilesystem } from '../scripts/modes/sqlite-filesystem.ts'
import { runConformance } from '../src/index.ts'

// A process of its own, on machines that may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

let proxy: RunningMode
beforeAll(async () => {
  proxy = await sqliteFilesystem.start()
})
afterAll(() => proxy?.stop())

it('slipway-proxy on SQLite and files keeps every sentence of the contract', async () => {
  const report = await runConformance({ ...proxy, safety: 'destructive' })
  expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  const notRun = report.results.filter(({ outcome }) => outcome === 'not-run').map((result) => result.case.id)
  // Its URLs live an hour.
  expect(notRun).toEqual(['parts.url-expires'])
  console.log(`slipway-proxy: ${report.results.length - notRun.length} cases passed, not run: ${notRun.join(', ')}`)
})
