import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

/** Every process that the lab started: none of them outlives it. */
export interface ChildProcesses {
  /** Runs a file of JavaScript with this same Node. */
  start(file: string, args: readonly string[], options: SpawnOptions): ChildProcess
  /** Ends those still running at once. */
  killAll(): void
}

export function createChildProcesses(): ChildProcesses {
  const running = new Set<ChildProcess>()
  return {
    start(file, args, options) {
      const child = spawn(process.execPath, [file, ...args], options)
      running.add(child)
      child.once('exit', () => running.delete(child))
      child.once('error', () => running.delete(child))
      return child
    },
    killAll() {
      // A stopped process dies of SIGKILL as well.
      for (const child of running) child.kill('SIGKILL')
    },
  }
}
