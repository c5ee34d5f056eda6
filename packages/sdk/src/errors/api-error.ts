import { STATUS_CODES } from 'node:http'
import { type ErrorDetail, errorBodySchema, errorTypeOf } from '@slipway/core'
import { SlipwayError } from './slipway-error.ts'

export interface ApiErrorOptions {
  readonly method: string
  /** The path alone: a presigned URL's query is a secret. */
  readonly path: string
  /** Whether the request went to a presigned URL, where a 403 usually means that it expired. */
  readonly isPresigned?: boolean
  /** Whether the server's words were cut short on their way. Default: false. */
  readonly isCutShort?: boolean
  readonly status: number
  readonly type: string
  readonly code: string
  /** The server's own words. */
  readonly reason: string
  readonly details: readonly ErrorDetail[]
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
}

/** A refusal by the server, in its own words. Below it: one class for each kind of status. */
export class ApiError extends SlipwayError {
  override readonly name: string = 'ApiError'
  readonly status: number
  /** The envelope's `type`. */
  readonly type: string
  /** The server's own words. */
  readonly reason: string
  readonly details: readonly ErrorDetail[]
  /** What to quote when asking the server's operator. */
  readonly requestId: string | undefined
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  readonly isPresigned: boolean
  /** The server's words were cut short on their way: another attempt may hear all of them. */
  readonly isCutShort: boolean

  constructor(options: ApiErrorOptions) {
    const { method, path, status, reason } = options
    super(`[${method}] "${path}": ${status} ${STATUS_CODES[status] ?? ''}: ${reason}`, { code: options.code })
    this.status = status
    this.type = options.type
    this.reason = reason
    this.details = options.details
    this.requestId = options.requestId
    this.retryAfterMs = options.retryAfterMs
    this.isPresigned = options.isPresigned ?? false
    this.isCutShort = options.isCutShort ?? false
  }
}

export class InvalidRequestError extends ApiError {
  override readonly name = 'InvalidRequestError'
}
export class AuthenticationError extends ApiError {
  override readonly name = 'AuthenticationError'
}
export class ForbiddenError extends ApiError {
  override readonly name = 'ForbiddenError'
}
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError'
}
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError'
}
/** 5xx and 429: the server could not, for now. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError'
}

export interface ErrorResponse {
  readonly method: string
  readonly path: string
  readonly isPresigned?: boolean
  readonly status: number
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
  readonly bodyText: string
  readonly isCutShort?: boolean
}

/** Makes the error of a non-2xx response, whatever its body: the envelope, plain text, a proxy's page or nothing. */
export function createApiError({ bodyText, ...response }: ErrorResponse): ApiError {
  const { error } = parseEnvelope(bodyText) ?? { error: undefined }
  const type = error?.type ?? errorTypeOf(response.status)
  const details = error?.details ?? []
  const options = {
    ...response,
    type,
    details,
    code: details[0]?.code ?? type,
    reason: error ? reasonOf(error.message, details) : reasonWithoutEnvelope(bodyText, response.isCutShort ?? false),
  }
  return new (classOf(response.status))(options)
}

function classOf(status: number): typeof ApiError {
  if (status === 401) return AuthenticationError
  if (status === 403) return ForbiddenError
  if (status === 404 || status === 410) return NotFoundError
  if (status === 409) return ConflictError
  return status >= 500 || status === 429 ? ServerError : InvalidRequestError
}

function reasonOf(message: string, details: readonly ErrorDetail[]): string {
  const more = details.map((detail) => detail.message).filter((text) => !message.includes(text))
  return printable([message, ...more].join('; '))
}

/** S3 answers XML, balancers answer pages: the first words of either help more than none. */
const maxReasonLength = 200

function reasonWithoutEnvelope(bodyText: string, isCutShort: boolean): string {
  if (isCutShort && bodyText.trimStart().startsWith('{'))
    return 'the reason that the server gave was cut short on its way'
  const s3Message = /<Message>([^<]*)<\/Message>/.exec(bodyText)?.[1] ?? /<Code>([^<]*)<\/Code>/.exec(bodyText)?.[1]
  const text = printable(s3Message ?? bodyText.replace(/<(style|script)\b.*?<\/\1>|<[^>]*>/gis, ' '))
  return text === '' ? 'the server gave no reason' : text.slice(0, maxReasonLength)
}

/** The words go to terminals and logs: control characters could rewrite what stands there. */
function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '').trim()
}

function parseEnvelope(bodyText: string) {
  try {
    return errorBodySchema.safeParse(JSON.parse(bodyText)).data
  } catch {
    return undefined
  }
}
