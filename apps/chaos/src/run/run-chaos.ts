import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDirectApi } from '../checks/direct-api.ts'
import { findSecrets } from '../checks/find-secrets.ts'
import { type ClientContext, type Intentions, perform } from '../clients/client-context.ts'
import { createClientFiles } from '../clients/client-files.ts'
import { type HeldImages, runTask } from '../clients/run-task.ts'
import { createArmedFaults } from '../fault-proxy/armed-faults.ts'
import { onlyAttemptedParts, onlyParts } from '../fault-proxy/observer.ts'
import { type FaultProxy, type MetFault, startFaultProxy } from '../fault-proxy/start-fault-proxy.ts'
import { createLedger, type LedgerCounts } from '../ledger/ledger.ts'
import type { ClientTask } from '../plan/client-task.ts'
import { createPlan, type FaultKind, faultKinds, type Plan } from '../plan/plan.ts'
import { processFaultKinds } from '../plan/process-fault.ts'
import type { ChildProcesses } from '../system/child-processes.ts'
import type { StartSystem, System } from '../system/system.ts'
import { createEvidence, type Violation } from './evidence.ts'
import { runEvents } from './run-events.ts'
import { type Settled, settle } from './settle.ts'
import { watchImages } from './watch-images.ts'

export interface RunChaosOptions {
  readonly seed: number
  readonly durationMs: number
  readonly clientCount: number
  readonly maxSizeMib: number
  /** How much faster than usual faults follow each other: 1 is usual. */
  readonly pace: number
  /** Undefined: all that the system can have. */
  readonly only: readonly FaultKind[] | undefined
  readonly startSystem: StartSystem
  /** An empty folder: everything is written below it. */
  readonly directory: string
  readonly children: ChildProcesses
  /** What every process gets: no setting of the user's own. */
  readonly env: Readonly<Record<string, string>>
  /** Ends the run early; it then rejects. */
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

export interface ChaosReport {
  readonly seed: number
  /** What the plan is made of, beside its seed. */
  readonly request: Pick<RunChaosOptions, 'maxSizeMib' | 'pace' | 'only'>
  readonly mode: string
  readonly plan: Plan
  readonly leftOut: readonly string[]
  readonly violations: readonly Violation[]
  /** How many requests met which fault of the network, and how often the plan had which fault of the processes. */
  readonly faults: Readonly<Record<string, number>>
  /** How processes of clients ended. */
  readonly clients: Readonly<Record<string, number>>
  readonly acknowledged: LedgerCounts
  /** Looks at images while faults happened. */
  readonly looks: number
  readonly settled: Settled | undefined
  readonly durationMs: number
}

export async function runChaos(options: RunChaosOptions): Promise<ChaosReport> {
  const { seed, durationMs, directory, children, env, signal, say } = options
  const evidenceDirectory = join(directory, 'evidence')
  await mkdir(evidenceDirectory, { recursive: true })
  const evidence = createEvidence(evidenceDirectory)
  const now = () => performance.now()
  let system: System | undefined
  const faultCounts = new Map<string, number>()
  const count = (counts: Map<string, number>, key: string) => void counts.set(key, (counts.get(key) ?? 0) + 1)
  const ledger = createLedger({
    now,
    onFailure(status, what) {
      if (!system?.failures.has(status)) evidence.violate('the server never answers 500', what)
    },
  })
  const faults = createArmedFaults(now)
  const onFault = ({ fault, ...met }: MetFault) => {
    count(faultCounts, fault.kind)
    if (fault.kind === 'corrupt-request') ledger.noteCorrupted(met.path)
    evidence.note('network fault', { fault, ...met })
  }
  const proxy = await startFaultProxy({ faults, observer: ledger.observer, onFault })
  const links: FaultProxy[] = []
  try {
    const secrets: string[] = []
    system = await options.startSystem({
      directory,
      publicUrl: proxy.url,
      env,
      children,
      async startLink({ parts }) {
        const observer = (parts === 'promised' ? onlyParts : onlyAttemptedParts)(ledger.observer)
        const link = await startFaultProxy({ faults, observer, onFault })
        links.push(link)
        return link
      },
      onLine(line) {
        evidence.note('server', { line })
        for (const secret of findSecrets(line, secrets)) {
          evidence.violate('no secret in any output', `the server's log shows ${secret}`)
        }
      },
      onUrl: (url) => proxy.aim(url),
      onDeath: (how) => evidence.violate('the server never ends by itself', how),
    })
    secrets.push(...system.secrets)
    const running = system
    const kinds = faultKinds.filter(
      (kind) => (options.only?.includes(kind) ?? true) && (!isProcessFault(kind) || running.processFaults.has(kind)),
    )
    const plan = createPlan({ ...options, kinds })
    await writeFile(join(evidenceDirectory, 'plan.json'), JSON.stringify(plan, undefined, 1))

    const clientCounts = new Map<string, number>()
    const intentions = createIntentions()
    const clients = await Promise.all(
      plan.clients.map(async (tasks, index) => {
        const files = await createClientFiles(join(directory, `client-${index}`))
        const clientEnv = {
          ...env,
          HOME: files.home,
          TMPDIR: files.spoolDirectory,
          SLIPWAY_API_URL: proxy.url,
          SLIPWAY_TOKEN: running.token,
        }
        const context: ClientContext = {
          ...{ index, files, children, ledger, evidence, intentions, now, secrets },
          env: clientEnv,
          counts: clientCounts,
        }
        const held: HeldImages = new Map()
        return { context, held, tasks }
      }),
    )
    const [first] = clients
    if (first) await warmUp(first.context, first.held)
    const baseline = await running.resources()

    say(`seed ${seed}: ${clients.length} clients, ${plan.events.length} events, ${Math.round(durationMs / 1000)} s`)
    const api = createDirectApi({ url: running.url, token: running.token, publicUrl: proxy.url })
    const { verifiesAfterCompletion } = running
    const checks = { api, ledger, evidence, now, verifiesAfterCompletion }
    const endMs = now() + durationMs
    const isOver = () => now() >= endMs || signal.aborted
    let isCalm = false
    const watched = watchImages(checks, () => isCalm || signal.aborted)
    await Promise.all([
      runEvents({ events: plan.events, faults, system: running, evidence, signal }),
      ...clients.map(async ({ context, held, tasks }) => {
        for (const task of tasks) {
          if (isOver()) return
          await runTask(context, task, { held, isOver })
        }
      }),
      sleep(durationMs, undefined, { signal }).then(() => faults.disarm()),
    ])
    signal.throwIfAborted()
    say(`seed ${seed}: the faults are over, everything must settle now`)
    faults.disarm()
    await running.heal()
    for (const link of [proxy, ...links]) await link.quiet()
    isCalm = true
    const looks = await watched
    const settled = await settle({ system: running, clients, checks, baseline, dropIdle: proxy.dropIdle })
    const { maxSizeMib, pace, only } = options
    return {
      seed,
      request: { maxSizeMib, pace, only },
      mode: running.mode,
      plan,
      leftOut: running.leftOut,
      violations: [...evidence.violations],
      faults: { ...Object.fromEntries(faultCounts), ...countProcessFaults(plan) },
      clients: Object.fromEntries([...clientCounts].toSorted()),
      acknowledged: ledger.counts(),
      looks,
      settled,
      durationMs: evidence.elapsedMs(),
    }
  } finally {
    await system?.stop()
    children.killAll()
    for (const link of [proxy, ...links]) await link.stop()
    await evidence.close()
  }
}

function isProcessFault(kind: FaultKind): kind is (typeof processFaultKinds)[number] {
  return (processFaultKinds as readonly string[]).includes(kind)
}

function countProcessFaults({ events }: Plan): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { type, fault } of events) if (type === 'process') counts[fault.kind] = (counts[fault.kind] ?? 0) + 1
  return counts
}

function createIntentions(): Intentions {
  const digests = new Map<string, Set<string>>()
  return {
    add(name, sha256) {
      digests.set(name, (digests.get(name) ?? new Set()).add(sha256))
    },
    has: (name, sha256) => digests.get(name)?.has(sha256) ?? false,
  }
}

/** One image up and down: what a server opens once and keeps is open before it is measured. */
async function warmUp(context: ClientContext, held: HeldImages): Promise<void> {
  const task: ClientTask = {
    kind: 'upload',
    actor: 'command',
    name: 'warm-up',
    isShared: false,
    sizeBytes: 6 * 2 ** 20,
    contentSeed: 1,
    source: 'file',
    partSizeMib: 5,
    concurrency: 2,
    interruption: undefined,
  }
  await runTask(context, task, { held, isOver: () => false })
  await perform(context, {
    actor: 'command',
    job: { kind: 'download', ref: 'warm-up', file: context.files.downloadPath, concurrency: 2 },
  })
}
