import type { Ledger } from '../ledger/ledger.ts'
import type { Actor, Interruption } from '../plan/client-task.ts'
import type { Evidence } from '../run/evidence.ts'
import type { ChildProcesses } from '../system/child-processes.ts'
import { clientCommand } from './client-actions.ts'
import type { ClientFiles } from './client-files.ts'
import { type Content, contentStream } from './content.ts'
import { judgeRun } from './judge-run.ts'
import { type ClientRun, runClient } from './run-client.ts'
import type { SdkJob } from './sdk-job.ts'

/** What one client works with. */
export interface ClientContext {
  readonly index: number
  readonly files: ClientFiles
  readonly children: ChildProcesses
  /** Of its processes; holds the token. */
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly ledger: Ledger
  readonly evidence: Evidence
  /** Which digests images of a name may have: those of all that was ever to be uploaded under it. */
  readonly intentions: Intentions
  readonly counts: RunCounts
  /** Milliseconds of the clock that the ledger uses. */
  readonly now: () => number
}

export interface Intentions {
  add(name: string, sha256: string): void
  has(name: string, sha256: string): boolean
}

/** How often processes of clients ended how: by exit code, or the word `signal`. */
export type RunCounts = Map<string, number>

export interface PerformOptions {
  readonly actor: Actor
  readonly job: SdkJob
  readonly stdin?: Content | undefined
  readonly interruption?: Interruption | undefined
}

/** Far beyond what any client's own patience adds up to. */
const deadlineMs = 240_000

/** Has a process of the client do a job, and holds against it what holds for every process. */
export async function perform(context: ClientContext, options: PerformOptions): Promise<ClientRun> {
  const { actor, job, stdin, interruption } = options
  const { index, children, env, secrets, evidence, counts } = context
  const startedAtMs = evidence.elapsedMs()
  const run = await runClient({
    ...clientCommand(actor, job),
    children,
    env,
    stdin: stdin && contentStream(stdin),
    isStdoutBytes: job.kind === 'download' && job.file === undefined,
    interruption,
    deadlineMs,
  })
  const what = `client ${index}, ${actor} ${job.kind}`
  const { exitCode, stderr, hung, wasInterrupted } = run
  evidence.note('client', { what, job, startedAtMs, exitCode, hung, wasInterrupted, stderr: stderr.slice(-1000) })
  const key = `${actor} ${job.kind} ${exitCode ?? 'signal'}`
  counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { check, message } of judgeRun(what, run, secrets)) evidence.violate(check, message)
  return run
}
