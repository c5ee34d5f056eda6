import { expect, test } from 'vitest'
import { parseBenchArguments, UsageError } from './bench-arguments.ts'
import { fullProfile, quickProfile } from './profile.ts'

test('without arguments everything is measured in full, for the documentation', () => {
  expect(parseBenchArguments([])).toMatchObject({ names: [], profile: fullProfile, out: 'docs/bench' })
})

test('runs and sizes change the profile that they are given with', () => {
  const { names, profile } = parseBenchArguments(['--runs', '9', '--size-mib', '2', 'upload', 'cli'])
  expect(names).toEqual(['upload', 'cli'])
  expect(profile).toEqual({ ...fullProfile, runCount: 9, transferBytes: 2 * 2 ** 20, serviceBytes: 2 * 2 ** 20 })
})

test('a quick run never writes where the documented figures are, unless told to', () => {
  const { profile, out } = parseBenchArguments(['--quick'])
  expect(profile).toEqual(quickProfile)
  expect(out).not.toContain('docs')
  expect(parseBenchArguments(['--quick', '--out', 'docs/bench']).out).toBe('docs/bench')
})

test('only a run in full for the documentation is to be summarised in the README of the root', () => {
  const isDocumentation = (...args: string[]) => parseBenchArguments(args).isDocumentation
  expect(isDocumentation()).toBe(true)
  expect(isDocumentation('upload', '--runs', '9')).toBe(true)
  expect(isDocumentation('--quick')).toBe(false)
  expect(isDocumentation('--out', 'docs/bench')).toBe(false)
  expect(isDocumentation('--quick', '--out', 'docs/bench')).toBe(false)
})

test.each([
  ['--runs', '0'],
  ['--runs', '1.5'],
  ['--size-mib', 'many'],
  ['--rounds', '3'],
])('%s %s is refused in words', (...args) => {
  expect(() => parseBenchArguments(args)).toThrow(UsageError)
})
