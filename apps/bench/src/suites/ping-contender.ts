import type { Bench } from '../bench.ts'
import type { Contender, MeasuredContender, Role } from '../figure.ts'
import { ping } from '../peers/ping.ts'
import type { RawRequest } from '../peers/raw-http.ts'
import { meansOfRuns } from '../statistics.ts'

/** What disturbs a machine lasts about as long as a ping: in short turns it hits all contenders alike. */
const turnsPerRun = 5

export interface PingContenderOptions {
  readonly name: string
  readonly role: Role
  readonly request: RawRequest
  readonly connectionCount: number
}

/** Answers to one small request, in requests a second. */
export function pingContender({ profile }: Bench, { name, role, ...pinged }: PingContenderOptions): Contender {
  let isWarm = false
  return {
    name,
    role,
    async measure() {
      // The first is not counted: it is for the server's compiler.
      const durationMs = isWarm ? profile.pingMs / turnsPerRun : profile.pingMs
      isWarm = true
      return { value: (await ping({ ...pinged, durationMs })).requestsPerSecond }
    },
  }
}

/** For the reader of a figure. */
export const turnsText = `A run is the mean of ${turnsPerRun} short turns, between those of the others.`

export async function measurePings(
  bench: Bench,
  contenders: readonly Contender[],
): Promise<readonly MeasuredContender[]> {
  const measured = await bench.measure(contenders, bench.profile.runCount * turnsPerRun)
  return measured.map((contender) => ({ ...contender, values: meansOfRuns(contender.values, turnsPerRun) }))
}
