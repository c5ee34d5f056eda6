import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Interruption } from '../plan/client-task.ts'
import type { ChildProcesses } from '../system/child-processes.ts'

export interface ClientRun {
  /** `null` for one that was ended by a signal. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** Of standard output, when it was image bytes. */
  readonly stdoutSha256: string | undefined
  readonly wasInterrupted: boolean
  /** It did not end by itself in the time that every client has. */
  readonly hung: boolean
}

export interface RunClientOptions {
  readonly children: ChildProcesses
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: Readable | undefined
  readonly isStdoutBytes: boolean
  readonly interruption: Interruption | undefined
  readonly deadlineMs: number
}

const largestKeptOutput = 256 * 1024

/** Runs a client's process to its end, disturbing it as planned. */
export async function runClient(options: RunClientOptions): Promise<ClientRun> {
  const { children, file, args, env, stdin, isStdoutBytes, interruption, deadlineMs } = options
  const child = children.start(file, args, { env, stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] })
  const timers: NodeJS.Timeout[] = []
  let wasInterrupted = false
  let hung = false
  if (interruption) {
    const { how, afterMs, pausedMs } = interruption
    const signal = ({ kill: 'SIGKILL', interrupt: 'SIGINT', pause: 'SIGSTOP' } as const)[how]
    timers.push(
      setTimeout(() => {
        wasInterrupted = child.kill(signal)
        if (how === 'pause') timers.push(setTimeout(() => child.kill('SIGCONT'), pausedMs))
      }, afterMs),
    )
  }
  timers.push(
    setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, deadlineMs),
  )

  // A client that ends early leaves a broken pipe behind, which is its right.
  child.stdin?.on('error', () => stdin?.destroy())
  if (stdin && child.stdin) stdin.on('error', () => undefined).pipe(child.stdin)
  const hash = createHash('sha256')
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    if (isStdoutBytes) hash.update(chunk)
    else if (stdout.length < largestKeptOutput) stdout += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    if (stderr.length < largestKeptOutput) stderr += chunk.toString()
  })
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    // Not `exit`: its last words may still be in the pipe.
    child.once('close', (code) => resolve(code))
  })
  for (const timer of timers) clearTimeout(timer)
  stdin?.destroy()
  const stdoutSha256 = isStdoutBytes ? hash.digest('hex') : undefined
  return { exitCode, stdout, stderr, stdoutSha256, wasInterrupted, hung }
}
