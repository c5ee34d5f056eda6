import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readProfile } from './profile.ts'
import { createProfileStore } from './profile-store.ts'

let directory: string
let path: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-profile-'))
  path = join(directory, 'profile.json')
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const write = (value: unknown) => writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))

it('reads workspaces and policies', () => {
  const tokens = { ci: { operations: ['createImage'], workspaces: ['prod'], names: ['ci-*'], max_size: '20GiB' } }
  write({ workspaces: { prod: 'sfc:workspace:acme:production', default: 'wksp_1', other: 'other' }, tokens })
  const profile = readProfile(path, { bytes: 'relay' })
  expect(profile.tokens.ci).toEqual({ ...tokens.ci, max_size: 20 * 2 ** 30 })
  expect(profile.workspaces?.prod).toBe('sfc:workspace:acme:production')
})

it.each([
  ['{', 'is not well-formed JSON'],
  [[], 'the file'],
  [{ token: {} }, 'token'],
  [{ tokens: { ci: { operations: ['createImages'] } } }, 'tokens.ci.operations.0'],
  [{ tokens: { ci: { operations: [] } } }, 'tokens.ci.operations'],
  [{ tokens: { ci: { names: ['a(b)*'] } } }, 'must be image names'],
  [{ tokens: { ci: { max_size: 'large' } } }, 'must be a size'],
  [{ tokens: { ci: { role: 'admin' } } }, 'role'],
  [{ workspaces: { 'a b': 'x' } }, 'workspaces'],
  [{ workspaces: { a: 'sfc:image:a:b:c' } }, 'must be a workspace of the upstream'],
])('refuses %j and says where', (value, message) => {
  write(value)
  expect(() => readProfile(path, { bytes: 'relay' })).toThrow(message)
})

it('refuses a size cap where bytes do not pass by', () => {
  write({ tokens: { ci: { max_size: '1GiB' } } })
  expect(() => readProfile(path, { bytes: 'direct' })).toThrow('--upstream-bytes relay')
})

it('keeps the profile that it has when the new one is not right, and says so', () => {
  const errors: object[] = []
  const log = { info: () => undefined, error: (line: object) => void errors.push(line) }
  write({ tokens: { ci: { names: ['a'] } } })
  const store = createProfileStore({ path, bytes: 'relay', log: log as never })
  write({ tokens: { ci: { names: ['b'] } } })
  store.reload()
  expect(store.current().tokens.ci?.names).toEqual(['b'])
  write('{')
  store.reload()
  expect(store.current().tokens.ci?.names).toEqual(['b'])
  expect(errors).toHaveLength(1)
})
