import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** A server in a process of its own. */
export interface ChildServer {
  readonly url: string
  /** Its peak of resident memory so far, from Linux's /proc; 0 elsewhere. */
  peakRssBytes(): Promise<number>
  /** Processor time so far, of all its threads and in the kernel for it; 0 elsewhere. */
  cpuSeconds(): Promise<number>
  stop(): Promise<void>
}

export interface StartChildServerOptions {
  readonly command: readonly string[]
  /** Known beforehand, or read from the first line on stdout that names one. */
  readonly url?: string
  readonly env?: NodeJS.ProcessEnv
}

const startTimeoutMs = 30_000
const retryMs = 50

/** @throws when it ends, or does not answer in time */
export async function startChildServer({ command, url, env }: StartChildServerOptions): Promise<ChildServer> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  killAtExit(child)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
  }
  try {
    const serverUrl = url ?? (await urlFrom(child))
    await answering(serverUrl, child)
    return { url: serverUrl, stop, peakRssBytes: () => peakRssOf(child.pid), cpuSeconds: () => cpuSecondsOf(child.pid) }
  } catch (error) {
    await stop()
    throw error
  }
}

const running = new Set<ChildProcess>()

/** A server that was still starting when this process was interrupted has nobody else to stop it. */
function killAtExit(child: ChildProcess): void {
  if (running.size === 0) process.once('exit', killRunning)
  running.add(child)
  child.once('exit', () => {
    running.delete(child)
    if (running.size === 0) process.removeListener('exit', killRunning)
  })
}

function killRunning(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** @returns the peak of resident memory of a running process, in bytes; 0 where there is no /proc or no such process */
export async function peakRssOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
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

async function answering(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode} before it served`)
    const answer = await fetch(url).catch(() => undefined)
    if (answer) return void (await answer.arrayBuffer())
    if (performance.now() > deadline) throw new Error(`${url} does not answer`)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

/** Linux's USER_HZ, which is 100 everywhere. */
const ticksPerSecond = 100

async function cpuSecondsOf(pid: number | undefined): Promise<number> {
  if (process.platform !== 'linux') return 0
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The fields after the program's name, which may hold spaces: utime and stime are the 14th and 15th of all.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
