import { setTimeout as sleep } from 'node:timers/promises'
import type { ArmedFaults } from '../fault-proxy/armed-faults.ts'
import type { PlannedEvent, ProcessEvent } from '../plan/plan.ts'
import type { System } from '../system/system.ts'
import type { Evidence } from './evidence.ts'

interface RunEventsOptions {
  readonly events: readonly PlannedEvent[]
  readonly faults: ArmedFaults
  readonly system: System
  readonly evidence: Evidence
  readonly signal: AbortSignal
}

/** Lets the plan happen at its times. Faults of the system take turns: one begins when the one before has ended. */
export async function runEvents({ events, faults, system, evidence, signal }: RunEventsOptions): Promise<void> {
  let suffering: Promise<void> = Promise.resolve()
  const startedAtMs = evidence.elapsedMs()
  const suffer = async ({ fault }: ProcessEvent) => {
    if (signal.aborted) return
    evidence.note('process fault', { fault })
    try {
      await system.suffer(fault)
      evidence.note('process fault over', { kind: fault.kind })
    } catch (error) {
      evidence.violate('a server stops and starts in order', `${fault.kind}: ${(error as Error).message}`)
    }
  }
  try {
    for (const event of events) {
      await sleep(Math.max(0, startedAtMs + event.atMs - evidence.elapsedMs()), undefined, { signal })
      if (event.type === 'network') faults.arm(event)
      else suffering = suffering.then(() => suffer(event))
    }
  } finally {
    // What was begun comes to its end, or it would start a server after everything was stopped.
    await suffering
  }
}
