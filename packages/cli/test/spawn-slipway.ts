import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Run } from './run-in-process.ts'

export const slipwayBin = fileURLToPath(new URL('../bin/slipway.js', import.meta.url))

export interface SpawnOptions {
  readonly env: Record<string, string>
  readonly nodeArgs?: readonly string[]
  /** What is piped in; nothing by default. */
  readonly stdin?: Buffer | undefined
  /** In place of bin/slipway.js. */
  readonly script?: string
  readonly onStart?: (child: ChildProcess) => void
}

/** Runs the built command as a process of its own, as a user does, with no environment but the given one. */
export async function spawnSlipway(argv: readonly string[], options: SpawnOptions): Promise<Run> {
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.script ?? slipwayBin, ...argv], {
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(options.stdin)
  options.onStart?.(child)
  const exited = once(child, 'exit') as Promise<[number | null]>
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { exitCode: exitCode ?? -1, stdout, stderr }
}
