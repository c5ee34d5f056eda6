import { describe, expect, it } from 'vitest'
import { clockSkewWarning } from './clock-skew.ts'

describe('clockSkewWarning', () => {
  const serverTimeMs = Date.UTC(2026, 0, 1)

  it('lets a second of rounding and a slow round trip pass', () => {
    expect(clockSkewWarning({ status: 200, roundTripMs: 4_000, serverTimeMs }, serverTimeMs + 2_000)).toBeUndefined()
    expect(clockSkewWarning({ status: 200, roundTripMs: 10 }, serverTimeMs)).toBeUndefined()
  })

  it('says how much a clock is off, and which way', () => {
    const result = { status: 200, roundTripMs: 0, serverTimeMs }
    expect(clockSkewWarning(result, serverTimeMs + 3_600_000)).toContain('1 h 00 m ahead of')
    expect(clockSkewWarning(result, serverTimeMs - 120_000)).toContain('2 m 00 s behind')
  })
})
