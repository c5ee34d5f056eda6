import { S3Client } from '@aws-sdk/client-s3'
import type { S3Location } from '../storage-url.ts'
import { toStoreError } from './to-store-error.ts'

const connectTimeoutMs = 3000
/** Nothing but a completion takes long: see `sendTimeoutMs`. */
const idleTimeoutMs = 300_000
const maxAttempts = 4
/** One operation with its repetitions. */
export const sendTimeoutMs = 15_000
const maxSockets = 128

/**
 * A client that any S3-compatible store understands: no checksum extensions, which older Ceph, R2 and Swift refuse, and the
 * bucket's address as configured. Credentials come from the SDK's standard chain of providers.
 */
export function createS3Client(location: S3Location, { endpoint = location.endpoint } = {}): S3Client {
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(location.region === undefined ? {} : { region: location.region }),
    forcePathStyle: location.isPathStyle,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      socketTimeout: idleTimeoutMs,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets },
    },
  })
}

/** Runs one operation within a bounded time. @throws {StoreError} */
export async function withinTime<Result>(
  operation: string,
  run: (abortSignal: AbortSignal) => Promise<Result>,
  timeoutMs = sendTimeoutMs,
): Promise<Result> {
  const abortSignal = AbortSignal.timeout(timeoutMs)
  try {
    return await run(abortSignal)
  } catch (error) {
    throw toStoreError(operation, abortSignal.aborted ? new TimeoutError() : error)
  }
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}
