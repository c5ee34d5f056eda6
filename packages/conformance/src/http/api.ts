import type { apiPrefixes } from '@slipway/core'
import { PreparationFailure } from '../violation.ts'
import type { Answer } from './answer.ts'
import type { Transport } from './transport.ts'

export type ApiPrefix = (typeof apiPrefixes)[number]

export interface ApiRequest {
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Default: `/v2`. Empty: the path stands alone. */
  readonly prefix?: ApiPrefix | ''
}

/** Asks the API. @param path what follows the prefix, percent-encoded where it must be */
export type Api = (method: string, path: string, request?: ApiRequest) => Promise<Answer>

export interface ApiOptions {
  readonly baseUrl: string
  /** Undefined: requests carry no `Authorization` at all. */
  readonly token: string | undefined
  readonly transport: Transport
  readonly signal: AbortSignal
  /** Hears of each answer, so that what was created can be deleted again. */
  readonly onAnswer?: (method: string, path: string, answer: Answer) => void
}

export function createApi({ baseUrl, token, transport, signal, onAnswer }: ApiOptions): Api {
  return async (method, path, { body, headers, prefix = '/v2' } = {}) => {
    const request = `${method} ${prefix}${path.split('?')[0]}`
    const sent = {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal,
    }
    const answer = await exchange(async () => await transport(baseUrl + prefix + path, sent), request)
    onAnswer?.(method, path, answer)
    return answer
  }
}

/** @throws {PreparationFailure} when no answer came, with the cause's own words */
async function exchange(send: () => Promise<Response>, request: string): Promise<Answer> {
  try {
    const response = await send()
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parseJson(text), request }
  } catch (error) {
    throw noAnswer(error, request)
  }
}

export function noAnswer(error: unknown, request: string): Error {
  if (!(error instanceof Error) || error.name === 'AbortError' || error.name === 'TimeoutError') return error as Error
  const cause = error.cause as { code?: string; message?: string } | undefined
  const reason = cause?.code ?? cause?.message ?? error.message
  return new PreparationFailure(`${request} got no answer: ${reason}`, { cause: error })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // An answer that is no JSON is a finding of the case that looks at it, not an error of the kit.
    return undefined
  }
}
