import { InvalidValueError } from '@slipway/core'
import { ApiError } from './api-error.ts'
import { internalError, invalidField, storageFull, storageUnavailable } from './api-errors.ts'
import { sqliteConditionOf } from './metadata/sqlite-errors.ts'

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
  const errno = error instanceof Error && 'code' in error ? String(error.code) : ''
  const sqlite = sqliteConditionOf(error)
  if (fullErrnos.has(errno) || sqlite === 'full') return storageFull(error)
  if (storageErrnos.has(errno) || sqlite === 'busy' || sqlite === 'unavailable') return storageUnavailable(error)
  return internalError({ requestId, cause: error })
}
