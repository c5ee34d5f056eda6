import { expect, it } from 'vitest'
import { databaseConditionOf } from './database-condition.ts'
import { PostgresConnectionError } from './postgres-errors.ts'

const serverError = (code: string) => Object.assign(new Error('told by the server'), { severity: 'ERROR', code })

it.each([
  ['23505', 'unique'],
  ['40001', 'conflict'],
  ['40P01', 'conflict'],
  ['55P03', 'busy'],
  ['57014', 'busy'],
  ['53300', 'busy'],
  ['53200', 'busy'],
  ['53100', 'full'],
  ['08006', 'unavailable'],
  ['57P01', 'unavailable'],
  ['57P02', 'unavailable'],
  ['57P03', 'unavailable'],
  ['25P03', 'unavailable'],
  ['25006', 'unavailable'],
  ['58030', 'unavailable'],
  ['28P01', 'unavailable'],
  ['3D000', 'unavailable'],
  // A mistake of ours: not to be taken for anything that passes.
  ['42P01', undefined],
  ['23502', undefined],
  ['22021', undefined],
])('takes SQLSTATE %s for %s', (code, condition) => {
  expect(databaseConditionOf(serverError(code))).toBe(condition)
})

it('takes a lost connection for a database that is away, and other errors for none', () => {
  expect(databaseConditionOf(new PostgresConnectionError('lost'))).toBe('unavailable')
  // An error of the file system has a code, but no severity.
  expect(databaseConditionOf(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBeUndefined()
})
