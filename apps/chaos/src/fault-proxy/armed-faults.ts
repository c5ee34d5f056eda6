import type { HttpFault, RouteClass } from '../plan/http-fault.ts'
import type { NetworkEvent } from '../plan/plan.ts'

/** Faults whose time has come, waiting for the requests that they are meant for. */
export interface ArmedFaults {
  arm(event: NetworkEvent): void
  /** @returns the fault that a request of this route meets, which is used up by that */
  take(route: RouteClass): HttpFault | undefined
  disarm(): void
}

interface Waiting {
  readonly event: NetworkEvent
  readonly armedAtMs: number
  leftCount: number
}

/** A fault that found nobody is dropped, or those for rare requests would pile up and meet them all at once. */
const lifetimeMs = 10_000

export function createArmedFaults(now: () => number): ArmedFaults {
  let waiting: Waiting[] = []
  return {
    arm(event) {
      waiting.push({ event, armedAtMs: now(), leftCount: event.count })
    },
    take(route) {
      waiting = waiting.filter(({ armedAtMs, leftCount }) => leftCount > 0 && now() - armedAtMs < lifetimeMs)
      const found = waiting.find(({ event }) => event.route === route)
      if (!found) return undefined
      found.leftCount--
      return found.event.fault
    },
    disarm() {
      waiting = []
    },
  }
}
