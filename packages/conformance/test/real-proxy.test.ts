import { expect, it, vi } from 'vitest'
import { modes } from '../scripts/modes/index.ts'
import { runConformance } from '../src/index.ts'

// Processes of their own, on machines that may be busy.
vi.setConfig({ testTimeout: 300_000 })

/** What a mode cannot be asked, and why. */
const notAsked: Readonly<Record<string, readonly string[]>> = {
  // URLs live an hour.
  'sqlite-filesystem': ['parts.url-expires'],
  'upstream-relay': ['parts.url-expires'],
  // Bytes are on another host than the API, by the upstream's own URLs.
  'upstream-direct': ['parts.url-expires', 'ranges.head', 'ranges.if-range'],
}

it.each(Object.keys(notAsked))('slipway-proxy as %s keeps every sentence of the contract', async (name) => {
  const server = await modes[name]?.start()
  if (!server) throw new Error(`there is no mode ${name}`)
  try {
    const report = await runConformance({ ...server, safety: 'destructive' })
    expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    const notRun = report.results.filter(({ outcome }) => outcome === 'not-run').map((result) => result.case.id)
    expect(notRun.toSorted()).toEqual(notAsked[name]?.toSorted())
    console.log(`${name}: ${report.results.length - notRun.length} cases passed, not run: ${notRun.join(', ')}`)
  } finally {
    await server.stop()
  }
})
