import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildProcesses } from './child-processes.ts'
import { slipwayProxyFile } from './programs.ts'

export interface ServerProcessOptions {
  readonly children: ChildProcesses
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
  readonly onUrl: (url: string | undefined) => void
  readonly onDeath: (how: string) => void
}

/** One `slipway-proxy serve`, which can be hurt. Its operations are to be called one at a time. */
export interface ServerProcess {
  url(): string | undefined
  pid(): number | undefined
  start(): Promise<void>
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** @throws {Error} when it does not end by itself, or with another code than 0 */
  terminate(): Promise<void>
}

const startTimeoutMs = 60_000
const linesKept = 3
const mostHeard = 300
/** The server gives requests in flight 30 seconds. */
const stopTimeoutMs = 45_000

export function createServerProcess(options: ServerProcessOptions): ServerProcess {
  const { children, args, env, onLine, onUrl, onDeath } = options
  let child: ChildProcess | undefined
  let url: string | undefined
  let isWanted = false

  const setUrl = (next: string | undefined) => {
    url = next
    onUrl(next)
  }
  const gone = (running: ChildProcess) => {
    if (child !== running) return
    child = undefined
    setUrl(undefined)
  }

  return {
    url: () => url,
    pid: () => child?.pid,
    async start() {
      if (child) return
      const started = children.start(slipwayProxyFile, ['serve', '--host', '127.0.0.1', '--port', '0', ...args], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      isWanted = true
      started.once('exit', (code, signal) => {
        gone(started)
        if (isWanted) onDeath(`the server ended by itself with ${signal ?? `code ${code}`}`)
      })
      const served = new Promise<string>((resolve, reject) => {
        const lastWords: string[] = []
        const hear = (line: string) => {
          onLine(line)
          lastWords.push(line.slice(0, mostHeard))
          if (lastWords.length > linesKept) lastWords.shift()
        }
        const listen = (line: string) => {
          hear(line)
          const found = /^Serving (http:\/\/\S+)/.exec(line)?.[1]
          if (found !== undefined) resolve(found)
        }
        if (started.stdout) createInterface({ input: started.stdout }).on('line', listen)
        if (started.stderr) createInterface({ input: started.stderr }).on('line', hear)
        // Not `exit`: its last words may still be in the pipe.
        started.once('close', () => reject(new Error(`the server ended before it served: ${lastWords.join(' | ')}`)))
      })
      const timer = new AbortController()
      const late = sleep(startTimeoutMs, undefined, { signal: timer.signal })
      const found = await Promise.race([served, late]).finally(() => timer.abort())
      if (found === undefined) throw new Error(`the server was not ready within ${startTimeoutMs / 1000} s`)
      setUrl(found)
    },
    async kill() {
      isWanted = false
      await end(child, 'SIGKILL')
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async terminate() {
      isWanted = false
      if (!child) return
      const running = child
      const timer = setTimeout(() => running.kill('SIGKILL'), stopTimeoutMs)
      const how = await end(running, 'SIGTERM')
      clearTimeout(timer)
      if (how !== 0) throw new Error(`asked to stop, the server ended with ${how}`)
    },
  }
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<number | string | undefined> {
  if (!child) return undefined
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  child.kill(signal)
  const [code, by] = await exited
  return code ?? by ?? undefined
}
