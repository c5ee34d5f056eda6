import { type Suite, withBench } from './bench.ts'
import type { LeftOut } from './figure.ts'
import { describeMachine } from './machine.ts'
import type { Profile } from './profile.ts'
import type { Results, SuiteResult } from './report/results.ts'

export interface RunSuitesOptions {
  readonly suites: readonly Suite[]
  readonly profile: Profile
  /** Where servers keep their bytes: a RAM disk keeps the disk out of the figures. */
  readonly folder: string
  readonly diskFolder: string
  readonly say: (text: string) => void
  readonly signal?: AbortSignal
}

export async function runSuites({ suites, say, ...options }: RunSuitesOptions): Promise<Results> {
  const results: SuiteResult[] = []
  for (const suite of suites) {
    const leftOut: LeftOut[] = []
    const measuredAt = new Date().toISOString()
    const startedAt = performance.now()
    const figures = await withBench(
      { ...options, say: (text) => say(`${suite.name}: ${text}`), onLeftOut: (entry) => leftOut.push(entry) },
      (bench) => suite.run(bench),
    )
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    results.push({ suite: suite.name, measuredAt, seconds, figures, leftOut })
    say(`${suite.name}: done in ${seconds} s\n`)
  }
  return { machine: describeMachine(), suites: results }
}
