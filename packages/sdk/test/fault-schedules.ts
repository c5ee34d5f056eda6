import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '@slipway/core'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type Client, createClient, SlipwayError } from '../src/index.ts'
import { fastClock, patientMs } from './fast-clock.ts'
import {
  deliveredTwice,
  garbage,
  lostAnswer,
  refusal,
  resetAfterLastByte,
  resetBeforeHeaders,
  resetMidBody,
  truncatedJson,
  wrongContentRange,
} from './faults.ts'
import { type DoubleOptions, type Fault, type ImagesApiDouble, startImagesApiDouble } from './images-api-double.ts'

/** Small parts, so that a thousand transfers of several parts are a matter of seconds. */
export const partSizeBytes = 16 * 1024
/** Of each direction: a thousand together. */
export const scheduleCount = 500
const { minPartSizeBytes } = limits

/** What every test of schedules needs: low limits, a folder, and no rejection that nobody handles. */
export function useScheduleBench(): { readonly folder: string } {
  const bench = { folder: '' }
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown) => unhandled.push(reason)

  beforeAll(() => {
    Object.assign(limits, { minPartSizeBytes: partSizeBytes })
  })
  afterAll(() => {
    Object.assign(limits, { minPartSizeBytes })
  })
  beforeEach(async () => {
    bench.folder = await mkdtemp(join(tmpdir(), 'slipway-sdk-'))
    process.on('unhandledRejection', onUnhandled)
  })
  afterEach(async () => {
    process.off('unhandledRejection', onUnhandled)
    await rm(bench.folder, { recursive: true, force: true })
    expect(unhandled).toEqual([])
  })
  return bench
}

const faults = {
  none: () => false,
  resetBeforeHeaders,
  resetMidBody,
  resetAfterLastByte,
  lostAnswer,
  deliveredTwice,
  refused429: refusal(429, { 'retry-after': '1' }),
  refused500: refusal(500),
  refused503: refusal(503),
  expired: (context) => context.kind !== 'api' && refusal(403)(context),
  truncated: (context) => context.kind === 'api' && truncatedJson(context),
  garbled: (context) => context.kind === 'api' && garbage(context),
  wrongRange: (context) => context.kind === 'get' && wrongContentRange(context),
} as const satisfies Record<string, Fault>

type Schedule = readonly (keyof typeof faults)[]

/** What goes wrong with the first requests, in their order, over all runs. */
export const schedules: fc.Arbitrary<Schedule> = fc.array(
  fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[]), 'none', 'none'),
  { maxLength: 14 },
)

/** After how many events each of the first runs is stopped; Infinity: when it ends by itself. */
export const kills = fc.array(fc.oneof(fc.nat({ max: 25 }), fc.constant(Number.POSITIVE_INFINITY)), { maxLength: 2 })

/** Runs without a kill: the faults are used up by then, whatever the schedule. */
export const calmRunCount = 8

/** A server with the faults of a schedule and a client of it, for as long as `use` takes. */
export async function withDouble(
  schedule: Schedule,
  options: DoubleOptions,
  use: (double: { readonly server: ImagesApiDouble; readonly client: Client }) => Promise<void>,
): Promise<void> {
  let next = 0
  const fault: Fault = (context) => faults[schedule[next++] ?? 'none'](context)
  const server = await startImagesApiDouble({ now: fastClock.now, ...options, fault })
  const client = createClient({
    apiUrl: server.url,
    token: 'sk_live_double',
    clock: fastClock,
    random: () => 0.1,
    timeoutMs: patientMs,
  })
  try {
    await use({ server, client })
  } finally {
    await client.close()
    await server.close()
  }
}

/** Runs `transfer` until it is done: with each kill in turn, then in peace. @returns what the runs failed with */
export async function runWithKills(
  killsAfter: readonly number[],
  transfer: (onEvent: () => void, signal: AbortSignal) => Promise<unknown>,
): Promise<SlipwayError[]> {
  const failures: SlipwayError[] = []
  const inPeace = Array.from({ length: calmRunCount }, () => Number.POSITIVE_INFINITY)
  for (const killAfter of [...killsAfter, ...inPeace]) {
    const killer = new AbortController()
    let events = 0
    const onEvent = () => {
      if (++events > killAfter) killer.abort()
    }
    try {
      await transfer(onEvent, killer.signal)
      break
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error
      failures.push(error)
    }
  }
  return failures
}
