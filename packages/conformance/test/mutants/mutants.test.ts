import { afterAll, describe, expect, it } from 'vitest'
import { conformanceCases } from '../../src/cases/index.ts'
import type { CaseResult } from '../../src/run/case-result.ts'
import { runConformance } from '../../src/run/run-conformance.ts'
import { type ReferenceServerOptions, startReferenceServer } from '../reference-server/start-reference-server.ts'
import { type Fault, type Mutant, mutants } from './mutants.ts'

const all = Object.entries<Mutant>(mutants) as [Fault, Mutant][]

async function judge(options: ReferenceServerOptions, only?: readonly string[]) {
  const server = await startReferenceServer(options)
  try {
    return await runConformance({ ...server, safety: 'destructive', only, timeoutMs: 20_000 })
  } finally {
    await server.stop()
  }
}

const failuresOf = (results: readonly CaseResult[]) =>
  results.flatMap((result) =>
    result.outcome === 'failed' ? [`${result.case.id}: ${result.kind}: ${result.message}`] : [],
  )

describe('a correct server', () => {
  it('passes every case, and is left as it was found', async () => {
    const server = await startReferenceServer()
    const report = await runConformance({ ...server, safety: 'destructive' })
    const remaining = server.remaining()
    await server.stop()
    expect(failuresOf(report.results)).toEqual([])
    const notRun = report.results.filter(({ outcome }) => outcome === 'not-run').map((result) => result.case.id)
    expect(notRun).toEqual(['parts.url-expires'])
    // The default image cannot be deleted, which the contract wants: the report says so.
    expect(report.cleanup.leftBehind).toHaveLength(1)
    expect(remaining).toEqual({ images: 1, workspaces: 2 })
  })

  it('passes the case that waits for URLs to expire where they do so soon', async () => {
    const report = await judge({ urlLifetimeSeconds: 1 }, ['parts.url-expires'])
    expect(report.results.map(({ outcome }) => outcome)).toEqual(['passed'])
  })
})

describe('mutants', () => {
  const caught = new Set<Fault>()
  afterAll(() => {
    console.log(`mutants caught: ${caught.size} of ${all.length} (${((100 * caught.size) / all.length).toFixed(0)} %)`)
  })

  it.concurrent.each(all)('%s is caught', async (fault, { caughtBy, what, urlLifetimeSeconds }) => {
    expect(conformanceCases.map(({ id }) => id)).toContain(caughtBy)
    const { results } = await judge({ fault, urlLifetimeSeconds }, [caughtBy])
    // A violation of the sentence itself: neither a preparation that fails nor a time-out proves anything about it.
    expect(results, `a server that ${what}`).toMatchObject([{ outcome: 'failed', kind: 'violation' }])
    caught.add(fault)
  })
})
