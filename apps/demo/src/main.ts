import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChildProcesses } from './child-processes.ts'
import { readDemoArguments, type SourceFile } from './demo-arguments.ts'
import { DemoFailure } from './demo-failure.ts'
import { assertFreeSpace } from './free-space.ts'
import { generatedSizeBytes, runDemo } from './run-demo.ts'
import { listenForStopSignals } from './stop-signals.ts'
import { helpText } from './story.ts'

/** Ctrl-C reaches the commands too, which end by themselves; those that only we were told of are ended after this. */
const ownEndMs = 1_000

const say = (text: string) => void process.stdout.write(`${text}\n`)
const complain = (text: string) => void process.stderr.write(`demo: ${text}\n`)

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    // pnpm runs a script in the package's folder and says here where the user was.
    const request = await readDemoArguments(argv, process.env.INIT_CWD ?? process.cwd())
    if (request.kind === 'help') {
      process.stdout.write(helpText)
      return 0
    }
    return await demonstrate(request.source)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    complain(error instanceof DemoFailure ? message : `unexpected problem: ${message}`)
    return 1
  }
}

async function demonstrate(source: SourceFile | undefined): Promise<number> {
  // The stored copy and the downloaded one; without a file of the user's, the made one too.
  const space = source ? { sizeBytes: source.sizeBytes, copies: 2 } : { sizeBytes: generatedSizeBytes, copies: 3 }
  await assertFreeSpace({ directory: tmpdir(), ...space })
  const children = createChildProcesses()
  let directory: string | undefined
  const stop = listenForStopSignals((exitCode) => {
    children.killAll()
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    process.exit(exitCode)
  })
  stop.signal.addEventListener('abort', () => setTimeout(() => void children.stopAll(), ownEndMs).unref())
  try {
    directory = await mkdtemp(join(tmpdir(), 'slipway-demo-'))
    const isSame = await runDemo({ source, directory, children, env: process.env, signal: stop.signal, say })
    return stop.exitCode() ?? (isSame ? 0 : 1)
  } catch (error) {
    const exitCode = stop.exitCode()
    if (exitCode === undefined) throw error
    complain('stopped, cleaning up')
    return exitCode
  } finally {
    await children.stopAll()
    if (directory !== undefined) await rm(directory, { recursive: true, force: true })
  }
}
