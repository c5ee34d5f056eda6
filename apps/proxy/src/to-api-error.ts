import { InvalidValueError } from '@slipway/core'
import { ApiError } from './api-error.ts'
import { internalError, invalidField, storageFull, storageUnavailable } from './api-errors.ts'
import { databaseConditionOf } from './metadata/database-condition.ts'
import { CommitUnknownError } from './metadata/transaction.ts'
import { isStoreFull, StoreError } from './storage/s3/store-error.ts'

/**
 * Errors of the file system that the operator can mend and the client can wait for. What the records name and is not there
 * (ENOENT) is as a rule on a disk that is not mounted.
 */
const storageErrnos = new Set(['EIO', 'EROFS', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM', 'ENXIO', 'ESTALE', 'ENOENT'])
const fullErrnos = new Set(['ENOSPC', 'EDQUOT'])

/** The one place that turns whatever was thrown into an answer. What is not foreseen is a 500 that tells nothing. */
export function toApiError(error: unknown, { requestId }: { requestId: string }): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof InvalidValueError) return invalidField(error.field, error.message)
  if (isStoreFull(error)) return storageFull(error)
  if (error instanceof StoreError) return storageUnavailable(error)
  const errno = error instanceof Error && 'code' in error ? String(error.code) : ''
  const database = databaseConditionOf(error)
  if (fullErrnos.has(errno) || database === 'full') return storageFull(error)
  // What `inTransaction` gave up on is the same to a caller as a database that is away: to be asked again.
  const isPassing = database === 'conflict' || database === 'busy' || database === 'unavailable'
  if (storageErrnos.has(errno) || isPassing || error instanceof CommitUnknownError) return storageUnavailable(error)
  return internalError({ requestId, cause: error })
}
