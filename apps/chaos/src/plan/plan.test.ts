import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultRoutes } from './http-fault.ts'
import { createPlan, faultKinds, type PlanOptions } from './plan.ts'
import { processFaultKinds } from './process-fault.ts'

const MiB = 1024 * 1024

const anyOptions: fc.Arbitrary<PlanOptions> = fc.record({
  seed: fc.nat(2 ** 32 - 1),
  durationMs: fc.integer({ min: 100, max: 60_000 }),
  clientCount: fc.integer({ min: 1, max: 8 }),
  maxSizeMib: fc.integer({ min: 1, max: 60 }),
  pace: fc.constantFrom(0.5, 1, 4),
  kinds: fc.subarray([...faultKinds]),
})

describe('a plan', () => {
  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        expect(createPlan(options)).toEqual(createPlan(options))
      }),
    )
  })

  it('is another one for another seed', () => {
    const options = { durationMs: 10_000, clientCount: 4, maxSizeMib: 60, pace: 1, kinds: faultKinds }
    const plans = [1, 2, 3].map((seed) => JSON.stringify(createPlan({ ...options, seed })))
    expect(new Set(plans).size).toBe(3)
  })

  it('survives being written down and read again', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        const plan = createPlan(options)
        // Absent and undefined are one in JSON.
        expect(JSON.parse(JSON.stringify(plan))).toEqual(JSON.parse(JSON.stringify(createPlan(options))))
      }),
    )
  })

  it('has its events in order, within its time, of the kinds allowed and on routes where they can happen', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        let beforeMs = 0
        for (const event of createPlan(options).events) {
          expect(event.atMs).toBeGreaterThanOrEqual(beforeMs)
          expect(event.atMs).toBeLessThanOrEqual(options.durationMs)
          expect(options.kinds).toContain(event.fault.kind)
          if (event.type === 'network') expect(faultRoutes[event.fault.kind]).toContain(event.route)
          else expect(processFaultKinds).toContain(event.fault.kind)
          beforeMs = event.atMs
        }
      }),
    )
  })

  it('gives the clients the same work whatever may go wrong', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        expect(createPlan({ ...options, kinds: [] }).clients).toEqual(createPlan(options).clients)
      }),
    )
  })

  it('asks only for images that the API takes, within the size asked for', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        for (const task of createPlan(options).clients.flat()) {
          if (task.kind !== 'upload') continue
          expect(task.sizeBytes).toBeGreaterThanOrEqual(1)
          expect(task.sizeBytes).toBeLessThanOrEqual((options.maxSizeMib + 1) * MiB)
          expect(task.partSizeMib).toBeGreaterThanOrEqual(5)
        }
      }),
    )
  })

  it('meets every kind of fault in a long run', () => {
    const { events } = createPlan({
      seed: 7,
      durationMs: 600_000,
      clientCount: 1,
      maxSizeMib: 10,
      pace: 1,
      kinds: faultKinds,
    })
    expect(new Set(events.map(({ fault }) => fault.kind))).toEqual(new Set(faultKinds))
  })
})
