import type { ClientTask } from './client-task.ts'
import { drawClientTask } from './draw-client-task.ts'
import { drawHttpFault } from './draw-http-fault.ts'
import { drawProcessFault } from './draw-process-fault.ts'
import { faultRoutes, type HttpFault, type HttpFaultKind, httpFaultKinds, type RouteClass } from './http-fault.ts'
import { type ProcessFault, type ProcessFaultKind, processFaultKinds } from './process-fault.ts'
import { createSeededRandom, type SeededRandom } from './seeded-random.ts'

export const faultKinds = [...httpFaultKinds, ...processFaultKinds] as const
export type FaultKind = HttpFaultKind | ProcessFaultKind

/** From this time on the fault waits for requests of its route, and meets the next `count` of them. */
export interface NetworkEvent {
  readonly type: 'network'
  readonly atMs: number
  readonly route: RouteClass
  readonly count: number
  readonly fault: HttpFault
}

export interface ProcessEvent {
  readonly type: 'process'
  readonly atMs: number
  readonly fault: ProcessFault
}

export type PlannedEvent = NetworkEvent | ProcessEvent

export interface Plan {
  readonly seed: number
  readonly durationMs: number
  /** One list a client: done in order until the time is over. */
  readonly clients: readonly (readonly ClientTask[])[]
  /** In order of time. */
  readonly events: readonly PlannedEvent[]
}

export interface PlanOptions {
  /** 0 to 2^32 - 1. */
  readonly seed: number
  readonly durationMs: number
  readonly clientCount: number
  readonly maxSizeMib: number
  /** How much faster than usual faults follow each other: 1 is usual. */
  readonly pace: number
  /** The kinds that may happen: what the system can have, and what was asked for. */
  readonly kinds: readonly FaultKind[]
}

/** Mean pauses between two faults of the network, and between two of the processes. */
const networkPauseMs = 350
const processPauseMs = 6_000
const replicaFaultKinds = ['kill-server', 'restart-database'] as const
const mostOfReplicas = ['kill-server', 'kill-server'] as const
/** No client gets through more: the command alone takes longer to start. */
const leastTaskMs = 250

/**
 * Everything that will be asked of clients, network, processes and disk: a pure function of its options. When exactly the
 * processes meet the events is up to the machine, which no plan can repeat.
 */
export function createPlan({ seed, durationMs, clientCount, maxSizeMib, pace, kinds }: PlanOptions): Plan {
  const random = createSeededRandom(seed)
  const taskCount = Math.ceil(durationMs / leastTaskMs)
  const clients = Array.from({ length: clientCount }, (_, client) => {
    const own = random.fork(`client ${client}`)
    return Array.from({ length: taskCount }, () => drawClientTask({ client, random: own, maxSizeMib }))
  })
  const events = [
    ...drawTimes({
      random: random.fork('network'),
      durationMs,
      pauseMs: networkPauseMs / pace,
      draw: (own, atMs) => drawNetwork(own, atMs, kinds),
    }),
    ...drawTimes({
      random: random.fork('processes'),
      durationMs,
      pauseMs: processPauseMs / pace,
      draw: (own, atMs) => drawProcess(own, atMs, kinds),
    }),
  ]
  return { seed, durationMs, clients, events: events.sort((a, b) => a.atMs - b.atMs) }
}

interface DrawTimesOptions<Event> {
  readonly random: SeededRandom
  readonly durationMs: number
  readonly pauseMs: number
  readonly draw: (random: SeededRandom, atMs: number) => Event | undefined
}

function drawTimes<Event>({ random, durationMs, pauseMs, draw }: DrawTimesOptions<Event>): Event[] {
  const events: Event[] = []
  for (let atMs = random.unit() * pauseMs; atMs < durationMs; atMs += random.unit() * 2 * pauseMs) {
    const event = draw(random, Math.round(atMs))
    if (event) events.push(event)
  }
  return events
}

function drawNetwork(random: SeededRandom, atMs: number, kinds: readonly FaultKind[]): NetworkEvent | undefined {
  const [first, ...more] = httpFaultKinds.filter((kind) => kinds.includes(kind))
  if (first === undefined) return undefined
  const kind = random.pick([first, ...more])
  const routes = faultRoutes[kind] as readonly [RouteClass, ...RouteClass[]]
  // Now and then one after the other, so that retries meet the fault as well.
  const count = random.chance(0.2) ? random.integer(2, 4) : 1
  return { type: 'network', atMs, route: random.pick(routes), count, fault: drawHttpFault(kind, random) }
}

function drawProcess(random: SeededRandom, atMs: number, kinds: readonly FaultKind[]): ProcessEvent | undefined {
  const [first, ...more] = processFaultKinds.filter((kind) => kinds.includes(kind))
  if (first === undefined) return undefined
  // Replicas share a database, and are there to be killed: half of what happens to them.
  const often = replicaFaultKinds.every((kind) => kinds.includes(kind)) ? mostOfReplicas : []
  return { type: 'process', atMs, fault: drawProcessFault(random.pick([first, ...more, ...often]), random) }
}
