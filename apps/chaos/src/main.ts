import { randomInt } from 'node:crypto'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChaosArguments, helpText, readChaosArguments, UsageFailure } from './chaos-arguments.ts'
import { formatReport, tellReport } from './report/tell-report.ts'
import { runChaos } from './run/run-chaos.ts'
import { listenForStopSignals } from './stop-signals.ts'
import { createChildProcesses } from './system/child-processes.ts'
import { forceRelease } from './system/force-release.ts'
import { modes } from './system/modes.ts'

const say = (text: string) => void process.stderr.write(`${text}\n`)

// Not by setting the exit code alone: after hours of broken connections Node was met going round and round over a handle
// that it could not close, long after everything had been said.
process.exit(await main(process.argv.slice(2)))

async function main(argv: readonly string[]): Promise<number> {
  try {
    const request = readChaosArguments(argv)
    if (request !== 'help') return await run(request)
    process.stdout.write(helpText)
    return 0
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof UsageFailure) {
      say(`chaos: ${message} (--help tells what there is)`)
      return 2
    }
    say(`chaos: the run could not be made: ${message}`)
    return 1
  }
}

async function run({ keepsEvidence, seed = randomInt(2 ** 32), mode, ...request }: ChaosArguments): Promise<number> {
  const startSystem = modes[mode]
  if (!startSystem) throw new UsageFailure(`--mode ${mode} is not there`)
  const children = createChildProcesses()
  const directory = await mkdtemp(join(tmpdir(), 'slipway-chaos-'))
  const stop = listenForStopSignals((exitCode) => process.exit(exitCode))
  // Whatever ends this process: no other one outlives it, and nothing stays mounted.
  process.on('exit', () => {
    children.killAll()
    forceRelease(directory)
  })
  try {
    const env = { PATH: process.env.PATH ?? '' }
    const report = await runChaos({ ...request, seed, startSystem, directory, children, env, signal: stop.signal, say })
    const isKept = keepsEvidence || report.violations.length > 0
    const evidenceDirectory = isKept ? `${directory}-evidence` : undefined
    if (evidenceDirectory !== undefined) await rename(join(directory, 'evidence'), evidenceDirectory)
    say(`\n${tellReport(report, evidenceDirectory)}`)
    process.stdout.write(`${formatReport(report)}\n`)
    return report.violations.length > 0 ? 1 : 0
  } catch (error) {
    const exitCode = stop.exitCode()
    if (exitCode === undefined) throw error
    say(`chaos: stopped; the seed was ${seed}`)
    return exitCode
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}
