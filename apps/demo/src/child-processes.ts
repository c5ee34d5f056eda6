import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Program } from './programs.ts'

/** Every process that the demo started: none of them outlives it. */
export interface ChildProcesses {
  start(program: Program, args: readonly string[], options: SpawnOptions): ChildProcess
  /** Ends those still running, politely first. */
  stopAll(): Promise<void>
  /** Ends those still running at once. */
  killAll(): void
}

/** A server may finish what it is at; after that it is not asked again. */
const politeMs = 5_000

export function createChildProcesses(): ChildProcesses {
  const running = new Set<ChildProcess>()
  return {
    start(program, args, options) {
      const child = spawn(process.execPath, [program.file, ...args], options)
      running.add(child)
      child.once('exit', () => running.delete(child))
      child.once('error', () => running.delete(child))
      return child
    },
    async stopAll() {
      await Promise.all([...running].map(stop))
    },
    killAll() {
      for (const child of running) child.kill('SIGKILL')
    },
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), politeMs)
  await exited
  clearTimeout(timer)
}

/** Waits for the end of a process. @returns its exit code; that of a signal as a shell counts it */
export async function exitOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return child.exitCode
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  if (code !== null) return code
  return signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1
}
