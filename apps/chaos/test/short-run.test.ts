import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ChaosReport, runChaos } from '../src/run/run-chaos.ts'
import { createChildProcesses } from '../src/system/child-processes.ts'
import { startLocalSystem } from '../src/system/local-system.ts'
import type { StartSystem } from '../src/system/system.ts'

/** Chosen so that between them they meet faults of the network, of the server's process and of its disk. */
const seeds = [11, 12]

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-chaos-test-'))
})
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))

interface RunOptions {
  readonly seed: number
  readonly durationMs: number
  readonly startSystem: StartSystem
}

async function run({ seed, durationMs, startSystem }: RunOptions): Promise<ChaosReport> {
  return await runChaos({
    seed,
    durationMs,
    clientCount: 3,
    maxSizeMib: 12,
    pace: 4,
    only: undefined,
    startSystem,
    directory,
    children: createChildProcesses(),
    env: { PATH: process.env.PATH ?? '' },
    signal: new AbortController().signal,
    say: () => undefined,
  })
}

describe('a short run', () => {
  it.each(seeds)(
    'of seed %d keeps every promise',
    async (seed) => {
      const report = await run({ seed, durationMs: 4_000, startSystem: startLocalSystem })
      const reasons = report.leftOut.map((reason) => ` (left out: ${reason})`).join('')
      console.log(`chaos: seed ${seed}, faults met: ${JSON.stringify(report.faults)}${reasons}`)
      expect(report.violations).toEqual([])
      expect(report.acknowledged.parts).toBeGreaterThan(0)
      expect(Object.keys(report.faults).length).toBeGreaterThan(0)
      expect(report.settled?.verifiedImages).toBeGreaterThan(0)
    },
    180_000,
  )

  it('finds a server that loses what it acknowledged', async () => {
    const report = await run({ seed: 13, durationMs: 500, startSystem: startForgetfulSystem })
    expect(report.violations.map(({ check }) => check)).toContain('what is acknowledged stays')
    const events = await readFile(join(directory, 'evidence', 'events.jsonl'), 'utf8')
    expect(events).toContain('"type":"violation"')
  }, 180_000)
})

/** Deletes the first image behind everybody's back, after the faults. */
const startForgetfulSystem: StartSystem = async (options) => {
  const system = await startLocalSystem(options)
  return {
    ...system,
    async heal() {
      await system.heal()
      const headers = { authorization: `Bearer ${system.token}` }
      const list = (await (await fetch(`${system.url()}/v2/images`, { headers })).json()) as { data: { id: string }[] }
      await fetch(`${system.url()}/v2/images/${list.data.at(-1)?.id}`, { method: 'DELETE', headers })
    },
  }
}
