import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

/** Every process that the lab started: none of them outlives it. */
export interface ChildProcesses {
  /** Runs a file of JavaScript with this same Node. */
  start(file: string, args: readonly string[], options: SpawnOptions): ChildProcess
  /** Ends those still running at once; none can be started any more. */
  killAll(): void
}

export function createChildProcesses(): ChildProcesses {
  const running = new Set<ChildProcess>()
  let isOver = false
  return {
    start(file, args, options) {
      if (isOver) throw new Error('the run is over')
      const child = spawn(process.execPath, [file, ...args], options)
      running.add(child)
      child.once('exit', () => running.delete(child))
      child.once('error', () => running.delete(child))
      return child
    },
    killAll() {
      isOver = true
      // A stopped process dies of SIGKILL as well.
      for (const child of running) child.kill('SIGKILL')
    },
  }
}
