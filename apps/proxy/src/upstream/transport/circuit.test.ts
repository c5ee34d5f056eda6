import { beforeEach, expect, it } from 'vitest'
import { type Circuit, CircuitOpenError, createCircuit } from './circuit.ts'

let nowMs: number
let changes: string[]
let circuit: Circuit
beforeEach(() => {
  nowMs = 1_000_000
  changes = []
  circuit = createCircuit({
    now: () => nowMs,
    failureLimit: 3,
    coolDownMs: 1000,
    onChange: (state) => changes.push(state),
  })
})

const fail = (count: number) => {
  for (let i = 0; i < count; i++) circuit.enter()('failed')
}
const refusal = () => {
  try {
    circuit.enter()
  } catch (error) {
    return error as CircuitOpenError
  }
  return undefined
}

it('opens after failures in a row, and only in a row', () => {
  fail(2)
  circuit.enter()('healthy')
  fail(2)
  expect(circuit.state()).toBe('closed')
  fail(1)
  expect(circuit.state()).toBe('open')
  expect(refusal()).toMatchObject({ reason: 'failing', retryAfterMs: 1000 })
})

it('lets one probe through after the cool-down, which decides for all', () => {
  fail(3)
  nowMs += 1000
  expect(circuit.state()).toBe('half-open')
  const probe = circuit.enter()
  expect(refusal()).toBeInstanceOf(CircuitOpenError)
  probe('healthy')
  expect(circuit.state()).toBe('closed')
  expect(changes).toEqual(['open', 'closed'])
})

it('cools down longer each time that a probe fails, and forgets that when one goes well', () => {
  fail(3)
  nowMs += 1000
  circuit.enter()('failed')
  expect(refusal()?.retryAfterMs).toBe(2000)
  nowMs += 2000
  circuit.enter()('healthy')
  fail(3)
  expect(refusal()?.retryAfterMs).toBe(1000)
})

it('lets another probe through when one told nothing', () => {
  fail(3)
  nowMs += 1000
  circuit.enter()(undefined)
  circuit.enter()('healthy')
  expect(circuit.state()).toBe('closed')
})

it('is not opened anew by requests that were under way when it opened', () => {
  const late = circuit.enter()
  fail(3)
  nowMs += 1000
  late('failed')
  expect(circuit.state()).toBe('half-open')
})

it('leaves the other side alone for as long as that asks, a minute at most', () => {
  circuit.pause(5000)
  expect(refusal()).toMatchObject({ reason: 'asked', retryAfterMs: 5000 })
  nowMs += 5000
  circuit.enter()('healthy')
  circuit.pause(86_400_000)
  expect(refusal()?.retryAfterMs).toBe(60_000)
})
