import type { IncomingMessage } from 'node:http'
import { limits } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import { bodyTooLarge } from '../api-errors.ts'

/**
 * Reads what a part's sender says of its length, and refuses what cannot be taken.
 * @param lengthBytes what the URL is bound to
 * @returns undefined when it does not say
 * @throws {ApiError}
 */
export function readPartLength(
  { headers }: Pick<IncomingMessage, 'headers'>,
  lengthBytes: number | undefined,
): number | undefined {
  const { 'content-length': length } = headers
  const declaredBytes = length === undefined ? undefined : Number(length)
  assertBoundLength({ lengthBytes, declaredBytes })
  if ((declaredBytes ?? 0) > limits.maxPartSizeBytes) {
    throw bodyTooLarge({ limitBytes: limits.maxPartSizeBytes, what: 'a part' })
  }
  return declaredBytes
}

export function lengthRequired(message: string): ApiError {
  return new ApiError({ code: 'length_required', field: 'Content-Length', message })
}

interface LengthClaim {
  readonly lengthBytes: number | undefined
  readonly declaredBytes: number | undefined
}

/** Node holds a body to its Content-Length, so that comparing the header is comparing the bytes. */
function assertBoundLength({ lengthBytes, declaredBytes }: LengthClaim): void {
  if (lengthBytes === undefined || lengthBytes === declaredBytes) return
  if (declaredBytes === undefined) {
    throw lengthRequired(`this URL takes exactly ${lengthBytes} bytes: send them with a Content-Length`)
  }
  throw new ApiError({
    code: 'length_mismatch',
    field: 'Content-Length',
    message: `this URL takes exactly ${lengthBytes} bytes, not ${declaredBytes}: ask for a URL of that length`,
  })
}
