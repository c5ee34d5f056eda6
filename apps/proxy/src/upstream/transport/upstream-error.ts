import { NetworkError, ResponseError, ApiError as SdkApiError } from '@slipway/sdk'
import { ApiError } from '../../api-error.ts'
import { QueueFullError } from './call-queue.ts'
import { CircuitOpenError, type Outcome } from './circuit.ts'
import type { Redact } from './redact.ts'

const retryAfterSeconds = 2
const timeoutCodes = new Set(['timeout', 'stalled'])

/** Turns what a call of the upstream ended with into this server's answer: the upstream's own words where it has some. */
export function toUpstreamApiError(error: unknown, { redact }: { redact: Redact }): unknown {
  if (error instanceof SdkApiError) return passOn(error, redact)
  if (error instanceof CircuitOpenError) return leftAlone(error)
  if (error instanceof QueueFullError) {
    return unavailable('too many requests wait for the upstream: try again in a moment', error)
  }
  if (error instanceof NetworkError) {
    if (!timeoutCodes.has(error.code))
      return unavailable('the upstream cannot be reached: try again in a moment', error)
    return new ApiError({
      code: 'upstream_timeout',
      message: 'the upstream did not answer in time: try again in a moment',
      headers: { 'retry-after': String(retryAfterSeconds) },
      cause: error,
    })
  }
  if (error instanceof ResponseError) {
    return new ApiError({
      code: 'upstream_invalid',
      message: 'the upstream answered something that is not of the Images API: tell the operator if it goes on',
      cause: error,
    })
  }
  return error
}

/** Of what a call threw: the upstream gave no answer, or none of its own. */
export function isOutage(error: unknown): boolean {
  return error instanceof ApiError && (error.status >= 500 || error.status === 429)
}

/** What a failure says of the upstream's health: a refusal is an answer, too. */
export function outcomeOf(error: unknown): Outcome | undefined {
  if (error instanceof SdkApiError) {
    if (error.status === 429 || error.status === 501) return 'healthy'
    return error.status >= 500 ? 'failed' : 'healthy'
  }
  return error instanceof NetworkError || error instanceof ResponseError ? 'failed' : undefined
}

/** How long the upstream wants no requests, if it said so. */
export function askedPauseMs(error: unknown): number | undefined {
  if (!(error instanceof SdkApiError) || (error.status !== 429 && error.status !== 503)) return undefined
  return error.retryAfterMs
}

function passOn(error: SdkApiError, redact: Redact): ApiError {
  const { status, type, requestId, retryAfterMs } = error
  if (status === 401) {
    // The caller's own token is fine: a 401 would have people replace it.
    return new ApiError({
      code: 'upstream_refused',
      message: 'the upstream refused the token that this server has for it: tell the operator',
      passedOn: { status: 502, type: 'service_unavailable', requestId },
      cause: error,
    })
  }
  const details = error.details.map((detail) => ({
    ...(detail.field === undefined ? {} : { field: redact(detail.field) }),
    code: detail.code,
    message: redact(detail.message),
  }))
  return new ApiError({
    code: 'upstream_refused',
    message: redact(error.reason),
    details: details.length > 0 ? details : [{ code: redact(error.code), message: redact(error.reason) }],
    // A redirect or another answer that no client of the API expects is the upstream's failure.
    passedOn:
      status >= 400
        ? { status, type: redact(type), requestId }
        : { status: 502, type: 'service_unavailable', requestId },
    headers: {
      ...(requestId === undefined
        ? {}
        : { 'x-upstream-request-id': requestId.replace(/[^\x21-\x7e]/g, '').slice(0, 128) }),
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    },
    cause: error,
  })
}

function leftAlone({ retryAfterMs, reason }: CircuitOpenError): ApiError {
  const seconds = Math.ceil(retryAfterMs / 1000)
  const why =
    reason === 'asked'
      ? 'the upstream asked for a pause'
      : 'the upstream failed several times and is left alone for a moment'
  return new ApiError({
    code: 'upstream_unavailable',
    message: `${why}: try again in ${seconds} s`,
    headers: { 'retry-after': String(seconds) },
  })
}

function unavailable(message: string, cause: unknown): ApiError {
  return new ApiError({
    code: 'upstream_unavailable',
    message,
    headers: { 'retry-after': String(retryAfterSeconds) },
    cause,
  })
}
