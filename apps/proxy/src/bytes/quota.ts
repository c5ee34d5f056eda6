import { ApiError } from '../api-error.ts'

interface QuotaClaim {
  readonly storedBytes: number
  readonly addedBytes: number
  /** Undefined: there is no limit. */
  readonly quotaBytes: number | undefined
}

/** @throws {ApiError} quota_exceeded */
export function assertWithinQuota({ storedBytes, addedBytes, quotaBytes }: QuotaClaim): void {
  // A part that is smaller than the one that it replaces is always welcome.
  if (quotaBytes === undefined || addedBytes <= 0 || storedBytes + addedBytes <= quotaBytes) return
  throw new ApiError({
    code: 'quota_exceeded',
    message:
      `the account may hold ${quotaBytes} bytes and holds ${storedBytes}: delete images, wait until their bytes ` +
      'are purged, or ask the operator for more',
  })
}
