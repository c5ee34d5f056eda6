import { type ErrorCode, type ErrorDetail, errorCodes, errorTypeOf, type WireErrorBody } from '@slipway/core'

export interface ApiErrorOptions {
  readonly code: ErrorCode
  readonly message: string
  readonly field?: string | undefined
  /** More than one thing wrong: replaces the single detail that `code`, `field` and `message` make. */
  readonly details?: readonly ErrorDetail[]
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
  /** What another server answered, to be passed on as it was. */
  readonly passedOn?: PassedOnAnswer | undefined
}

export interface PassedOnAnswer {
  readonly status: number
  readonly type: string
  /** The other server's. */
  readonly requestId: string | undefined
}

/** What every refusal of this server is: a stable code, its status and the words for a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly status: number
  readonly details: readonly ErrorDetail[]
  readonly headers: Readonly<Record<string, string>>
  readonly passedOn: PassedOnAnswer | undefined

  constructor({ code, message, field, details, headers, cause, passedOn }: ApiErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = passedOn?.status ?? errorCodes[code]
    this.passedOn = passedOn
    this.details = details ?? [{ ...(field === undefined ? {} : { field }), code, message }]
    this.headers = headers ?? {}
  }
}

/** The envelope of an error, as the API documents it. */
export function errorBodyOf(error: ApiError): WireErrorBody {
  // The API names this one conflict by a type of its own.
  const ownType = error.code === 'idempotency_error' ? error.code : errorTypeOf(error.status)
  const { type = ownType, requestId } = error.passedOn ?? {}
  return {
    error: {
      type,
      message: error.message,
      details: [...error.details],
      ...(requestId === undefined ? {} : { upstream_request_id: requestId }),
    },
  }
}
