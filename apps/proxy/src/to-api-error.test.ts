import { InvalidValueError } from '@slipway/core'
import { expect, it } from 'vitest'
import { ApiError } from './api-error.ts'
import { PostgresConnectionError } from './metadata/postgres-errors.ts'
import { CommitUnknownError } from './metadata/transaction.ts'
import { toApiError } from './to-api-error.ts'

const errno = (code: string) => Object.assign(new Error(`${code}: secret path`), { code })
const postgres = (code: string) => Object.assign(new Error('secret statement'), { severity: 'ERROR', code })
const sqlite = (errcode: number) => Object.assign(new Error('secret statement'), { code: 'ERR_SQLITE_ERROR', errcode })

it.each([
  [new ApiError({ code: 'name_taken', message: 'x' }), 409, 'name_taken'],
  [new InvalidValueError({ field: 'id', value: 'x', expectation: 'an id' }), 400, 'invalid_format'],
  [errno('ENOSPC'), 507, 'storage_full'],
  [errno('EDQUOT'), 507, 'storage_full'],
  [errno('EROFS'), 503, 'storage_unavailable'],
  [errno('ENOENT'), 503, 'storage_unavailable'],
  [errno('EMFILE'), 503, 'storage_unavailable'],
  [sqlite(13), 507, 'storage_full'],
  [sqlite(5), 503, 'storage_unavailable'],
  [sqlite(266), 503, 'storage_unavailable'],
  [sqlite(1), 500, 'internal_error'],
  [postgres('40001'), 503, 'storage_unavailable'],
  [postgres('57014'), 503, 'storage_unavailable'],
  [postgres('53300'), 503, 'storage_unavailable'],
  [postgres('57P03'), 503, 'storage_unavailable'],
  [postgres('53100'), 507, 'storage_full'],
  [postgres('42P01'), 500, 'internal_error'],
  [new PostgresConnectionError('secret'), 503, 'storage_unavailable'],
  [new CommitUnknownError('secret'), 503, 'storage_unavailable'],
  [new TypeError('secret'), 500, 'internal_error'],
  ['secret', 500, 'internal_error'],
])('answers %s with %i', (thrown, status, code) => {
  const error = toApiError(thrown, { requestId: 'request-7' })
  expect({ status: error.status, code: error.code }).toEqual({ status, code })
  expect(error.message).not.toContain('secret')
  if (status === 500) expect(error.message).toContain('request-7')
  if (status === 503 || status === 507) expect(error.headers).toHaveProperty('retry-after')
})
