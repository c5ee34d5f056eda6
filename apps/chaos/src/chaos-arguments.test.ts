import { describe, expect, it } from 'vitest'
import { readChaosArguments, UsageFailure } from './chaos-arguments.ts'

describe('readChaosArguments', () => {
  it('has defaults for everything', () => {
    expect(readChaosArguments([])).toEqual({
      durationMs: 60_000,
      seed: undefined,
      mode: 'local',
      only: undefined,
      clientCount: 4,
      maxSizeMib: 60,
      pace: 1,
      keepsEvidence: false,
    })
  })

  it('reads what was typed, with the -- that pnpm leaves', () => {
    const argv = ['--', '--minutes', '0.5', '--seed', '0', '--only', 'delay, kill-server', '--clients', '2', '--keep']
    expect(readChaosArguments(argv)).toMatchObject({
      durationMs: 30_000,
      seed: 0,
      only: ['delay', 'kill-server'],
      clientCount: 2,
      keepsEvidence: true,
    })
    expect(readChaosArguments(['-h'])).toBe('help')
  })

  it.each([
    [['--minutes', 'ten'], /--minutes ten/],
    [['--minutes', ''], /--minutes/],
    [['--minutes', '0'], /from 0.01/],
    [['--seed', '1.5'], /whole/],
    [['--seed', '4294967296'], /--seed/],
    [['--mode', 'cloud'], /none of local/],
    [['--only', 'rain'], /--only rain/],
    [['--clients', '0'], /--clients/],
    [['--fast'], /--fast/],
    [['seven'], /seven/],
  ])('refuses %j in one line', (argv, message) => {
    expect(() => readChaosArguments(argv)).toThrow(UsageFailure)
    expect(() => readChaosArguments(argv)).toThrow(message)
    expect(() => readChaosArguments(argv)).not.toThrow(/\n/)
  })
})
