import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** A server in a process of its own. */
export interface ChildServer {
  readonly url: string
  /** Its peak of resident memory so far, from Linux's /proc. */
  peakRssBytes(): Promise<number>
  /** Processor time so far, of all its threads and in the kernel for it. */
  cpuSeconds(): Promise<number>
  stop(): Promise<void>
}

export interface StartChildServerOptions {
  readonly command: readonly string[]
  /** Known beforehand, or read from the first line on stdout that names one. */
  readonly url?: string
  readonly env?: NodeJS.ProcessEnv
}

const startTimeoutMs = 15_000
const retryMs = 50
/** Linux's USER_HZ, which is 100 everywhere. */
const ticksPerSecond = 100

export async function startChildServer({ command, url, env }: StartChildServerOptions): Promise<ChildServer> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const serverUrl = url ?? (await urlFrom(child))
  await answering(serverUrl)
  return {
    url: serverUrl,
    async peakRssBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
    },
    async cpuSeconds() {
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8')
      // The fields after the program's name, which may hold spaces: utime and stime are the 14th and 15th of all.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    },
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

function urlFrom(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += chunk
      const [found] = /http:\/\/[\d.]+:\d+/.exec(text) ?? []
      if (found) resolve(found)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`a server ended with ${code} before it served`)))
  })
}

async function answering(url: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer) return void (await answer.arrayBuffer())
    if (performance.now() > deadline) throw new Error(`${url} does not answer`)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}
