interface StoreErrorOptions {
  readonly operation: string
  /** The store's own code, or the network's. */
  readonly code: string
  /** Undefined: there was no answer. */
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly hint: string
}

/** Codes that mean "the thing is not there"; a HEAD has no body, so that its code is only the status's name. */
const missingObjectCodes = new Set(['NoSuchKey', 'NotFound'])
const fullCodes = new Set(['QuotaExceeded', 'InsufficientCapacity', 'XMinioStorageFull', 'InsufficientStorage'])

/**
 * What an object store failed to do. Made anew from the client's own errors, which can carry the string that was signed, and
 * so never reach a log.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly operation: string
  readonly code: string
  readonly status: number | undefined
  readonly requestId: string | undefined

  constructor({ operation, code, status, requestId, hint }: StoreErrorOptions) {
    super(`the object store ${hint} (${operation}: ${code}${status === undefined ? '' : `, ${status}`})`)
    this.operation = operation
    this.code = code
    this.status = status
    this.requestId = requestId
  }
}

export function isMissingObject(error: unknown): boolean {
  return error instanceof StoreError && (missingObjectCodes.has(error.code) || isBare404(error))
}

export function isMissingUpload(error: unknown): boolean {
  return error instanceof StoreError && (error.code === 'NoSuchUpload' || isMissingObject(error))
}

/** The store has no room. */
export function isStoreFull(error: unknown): boolean {
  return error instanceof StoreError && (error.status === 507 || fullCodes.has(error.code))
}

function isBare404({ status, code }: StoreError): boolean {
  return status === 404 && code !== 'NoSuchBucket' && code !== 'NoSuchUpload'
}
