import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planParts } from './part-plan.ts'
import {
  initialTransferState,
  missingParts,
  reduceTransfer,
  type TransferEvent,
  type TransferState,
  transferProgress,
} from './transfer-state.ts'

const MiB = 1024 * 1024
const digest = 'a'.repeat(64)
const otherDigest = 'b'.repeat(64)
/** Three parts, the last one shorter. */
const plan = planParts({ sizeBytes: 13 * MiB, partSizeBytes: 5 * MiB })
const otherPlan = planParts({ sizeBytes: 40 * MiB, partSizeBytes: 5 * MiB })

const partNumber = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, -1, 4, 1.5))
const event: fc.Arbitrary<TransferEvent> = fc.oneof(
  fc.constantFrom<TransferEvent>(
    { type: 'planned', plan },
    { type: 'planned', plan: otherPlan },
    { type: 'paused' },
    { type: 'resumed' },
    { type: 'completing', sha256: digest },
    { type: 'completing', sha256: otherDigest },
    { type: 'completed', sha256: digest },
    { type: 'failed' },
  ),
  fc.record({ type: fc.constant('part_started' as const), partNumber }),
  fc.record({ type: fc.constant('part_sent' as const), partNumber, sentBytes: fc.integer({ min: -1, max: 6 * MiB }) }),
  fc.record({ type: fc.constant('part_confirmed' as const), partNumber, etag: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant('part_failed' as const), partNumber }),
)
/** Mostly a real upload, with strays in between: purely random events would rarely get to the end. */
const log = fc.array(event, { maxLength: 30 }).chain((strays) => {
  const upload: TransferEvent[] = [
    { type: 'planned', plan },
    ...[1, 2, 3].flatMap((n): TransferEvent[] => [
      { type: 'part_started', partNumber: n },
      { type: 'part_confirmed', partNumber: n, etag: `"${n}"` },
    ]),
    { type: 'completing', sha256: digest },
    { type: 'completed', sha256: digest },
  ]
  return fc.subarray(upload, { minLength: 6 }).chain((kept) =>
    fc.infiniteStream(fc.nat()).map((places) => {
      const events = [...kept]
      for (const stray of strays) events.splice((places.next().value as number) % (events.length + 1), 0, stray)
      return events
    }),
  )
})

const replay = (events: readonly TransferEvent[], from = initialTransferState) => events.reduce(reduceTransfer, from)

/** What a resumed upload goes by; attempts under way and the count of retries are for show. */
function essence({ phase, plan, confirmed, confirmedBytes, sha256 }: TransferState) {
  return { phase, plan, confirmed: [...confirmed], confirmedBytes, sha256 }
}

function expectInvariants(state: TransferState, before: TransferState): void {
  const { totalBytes, confirmedBytes, sentBytes, confirmedParts, partCount } = transferProgress(state)
  expect(confirmedBytes).toBeGreaterThanOrEqual(before.confirmedBytes)
  expect(sentBytes).toBeGreaterThanOrEqual(confirmedBytes)
  expect(sentBytes).toBeLessThanOrEqual(totalBytes)
  expect(confirmedParts + missingParts(state).length).toBe(partCount)
  for (const n of state.inFlight.keys()) expect(state.confirmed.has(n)).toBe(false)
  if (state.phase !== 'sending') expect(state.inFlight.size).toBe(0)
  if (state.phase === 'completing' || state.phase === 'completed') {
    expect(confirmedBytes).toBe(totalBytes)
    expect(state.sha256).toBeDefined()
  }
  if (before.plan) expect(state.plan).toBe(before.plan)
  for (const [n, part] of before.confirmed) expect(state.confirmed.get(n)).toBe(part)
  if (before.phase === 'completed') expect(state).toBe(before)
}

describe('along any sequence of events', () => {
  test('confirmed bytes never decrease, nothing shows more than the file, completion needs every part', () => {
    fc.assert(
      fc.property(log, (events) => {
        let state = initialTransferState
        for (const next of events) {
          const before = state
          state = reduceTransfer(state, next)
          expectInvariants(state, before)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('the last lines of a journal may stand in it twice', () => {
    fc.assert(
      fc.property(log, fc.nat(), (events, place) => {
        // A journal records what happened: events that changed something.
        const recorded: TransferEvent[] = []
        let state = initialTransferState
        for (const next of events) {
          const changed = reduceTransfer(state, next)
          if (changed !== state) recorded.push(next)
          state = changed
        }
        const repeated = recorded.slice(place % (recorded.length + 1))
        expect(essence(replay([...recorded, ...repeated]))).toEqual(essence(state))
      }),
      { numRuns: 500 },
    )
  })

  test('a journal cut off anywhere and then written again from its beginning leads to the same end', () => {
    fc.assert(
      fc.property(fc.nat({ max: 9 }), (cut) => {
        const whole: TransferEvent[] = [
          { type: 'planned', plan },
          ...[2, 1, 3].map((n): TransferEvent => ({ type: 'part_started', partNumber: n })),
          ...[2, 1, 3].map((n): TransferEvent => ({ type: 'part_confirmed', partNumber: n, etag: `"${n}"` })),
          { type: 'completing', sha256: digest },
          { type: 'completed', sha256: digest },
        ]
        expect(essence(replay([...whole.slice(0, cut), ...whole]))).toEqual(essence(replay(whole)))
      }),
    )
  })
})

describe('an upload', () => {
  const sending = replay([{ type: 'planned', plan }])

  test('goes from planned to completed', () => {
    const confirmed = replay(
      [3, 1, 2].map((n): TransferEvent => ({ type: 'part_confirmed', partNumber: n, etag: `"${n}"`, sha256: digest })),
      sending,
    )
    expect(transferProgress(confirmed)).toEqual({
      totalBytes: 13 * MiB,
      confirmedBytes: 13 * MiB,
      sentBytes: 13 * MiB,
      confirmedParts: 3,
      partCount: 3,
    })
    expect([...confirmed.confirmed.keys()]).toEqual([1, 2, 3])
    expect(confirmed.confirmed.get(3)).toEqual({ etag: '"3"', sha256: digest })
    const completed = replay(
      [
        { type: 'completing', sha256: digest },
        { type: 'completed', sha256: digest },
      ],
      confirmed,
    )
    expect(completed.phase).toBe('completed')
  })

  test('is not completed by a digest other than the one declared last', () => {
    const completing = replay(
      [
        ...[1, 2, 3].map((n): TransferEvent => ({ type: 'part_confirmed', partNumber: n, etag: '' })),
        { type: 'completing', sha256: digest },
      ],
      sending,
    )
    expect(reduceTransfer(completing, { type: 'completed', sha256: otherDigest })).toBe(completing)
  })

  test('takes a failed attempt out of what was sent, and counts the retry', () => {
    const half = replay(
      [
        { type: 'part_started', partNumber: 1 },
        { type: 'part_sent', partNumber: 1, sentBytes: 2 * MiB },
      ],
      sending,
    )
    expect(transferProgress(half)).toMatchObject({ confirmedBytes: 0, sentBytes: 2 * MiB })
    const retried = reduceTransfer(half, { type: 'part_failed', partNumber: 1 })
    expect(transferProgress(retried)).toMatchObject({ confirmedBytes: 0, sentBytes: 0 })
    expect(retried.retryCount).toBe(1)
    expect(missingParts(retried)).toEqual([1, 2, 3])
  })

  test('starts no part while paused, but counts one that is acknowledged late', () => {
    const paused = replay([{ type: 'part_started', partNumber: 2 }, { type: 'paused' }], sending)
    expect(reduceTransfer(paused, { type: 'part_started', partNumber: 1 })).toBe(paused)
    const late = reduceTransfer(paused, { type: 'part_confirmed', partNumber: 2, etag: '"2"' })
    expect(missingParts(late)).toEqual([1, 3])
    expect(late.phase).toBe('paused')
    expect(reduceTransfer(late, { type: 'resumed' }).phase).toBe('sending')
  })

  test('that failed before it was planned stays failed', () => {
    expect(replay([{ type: 'failed' }, { type: 'planned', plan }]).phase).toBe('failed')
  })

  test('of 10 000 parts, confirmed one by one, adds up', () => {
    const largest = planParts({ sizeBytes: 10_000 * 5 * MiB - 1, partSizeBytes: 5 * MiB })
    let state = reduceTransfer(initialTransferState, { type: 'planned', plan: largest })
    for (let n = largest.partCount; n >= 1; n--) {
      state = reduceTransfer(state, { type: 'part_confirmed', partNumber: n, etag: '' })
    }
    expect(transferProgress(state)).toMatchObject({ confirmedBytes: largest.sizeBytes, confirmedParts: 10_000 })
    expect(missingParts(state)).toEqual([])
  })

  test('that is not planned yet shows nothing', () => {
    expect(missingParts(initialTransferState)).toEqual([])
    expect(transferProgress(initialTransferState)).toEqual({
      totalBytes: 0,
      confirmedBytes: 0,
      sentBytes: 0,
      confirmedParts: 0,
      partCount: 0,
    })
  })
})
