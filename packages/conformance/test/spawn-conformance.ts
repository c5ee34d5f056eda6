import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../bin/slipway-conformance.js', import.meta.url))

export interface Run {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Hears of what was printed so far. */
  readonly onOutput?: (stdout: string, child: ChildProcess) => void
}

/** The command as a user runs it: a process of its own, with nothing of this one's environment. */
export async function spawnConformance(argv: readonly string[], { env, onOutput }: SpawnOptions = {}): Promise<Run> {
  const child = spawn(process.execPath, [bin, ...argv], { env: { PATH: process.env.PATH, ...env } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    onOutput?.(stdout, child)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, stdout, stderr }
}
