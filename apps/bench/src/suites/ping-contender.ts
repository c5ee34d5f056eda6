import type { Bench } from '../bench.ts'
import type { Contender, MeasuredContender, Role } from '../figure.ts'
import { ping } from '../peers/ping.ts'
import type { RawRequest } from '../peers/raw-http.ts'
import { spreadOf } from '../statistics.ts'

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

/** A run's figure is the median of its turns. */
export async function measurePings(
  bench: Bench,
  contenders: readonly Contender[],
): Promise<readonly MeasuredContender[]> {
  const measured = await bench.measure(contenders, bench.profile.runCount * turnsPerRun)
  return measured.map(({ values, ...contender }) => ({
    ...contender,
    values: Array.from({ length: bench.profile.runCount }, (_, run) => {
      return spreadOf(values.slice(run * turnsPerRun, (run + 1) * turnsPerRun)).median
    }),
  }))
}
