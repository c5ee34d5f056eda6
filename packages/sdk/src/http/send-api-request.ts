import { request } from 'undici'
import { createApiError } from '../errors/api-error.ts'
import { toNetworkError } from '../errors/network-error.ts'
import { NetworkError, ResponseError } from '../errors/slipway-error.ts'
import { headerText } from './header-text.ts'
import { readRefusal } from './read-start.ts'
import { parseRetryAfter } from './retry-after.ts'
import { createStallGuard } from './stall-guard.ts'
import type { Transport } from './transport.ts'

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With its version prefix and query. */
  readonly pathAndQuery: string
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly timeoutMs: number
  readonly attempt: number
  readonly signal: AbortSignal | undefined
}

/** Larger answers are not of this API: a page of 200 images is under 200 KiB, one of 10 000 parts under 3 MiB. */
const maxAnswerBytes = 16 * 1024 * 1024

/**
 * One attempt of one API call.
 * @returns the parsed JSON of a 2xx answer
 * @throws {ApiError} for any other status, {NetworkError} without an answer, {ResponseError} when it is not JSON
 */
export async function sendApiRequest(transport: Transport, apiRequest: ApiRequest): Promise<unknown> {
  const { method, pathAndQuery, body, headers, timeoutMs, attempt, signal } = apiRequest
  const path = pathAndQuery.split('?', 1)[0] as string
  const what = `[${method}] "${transport.apiUrl}${path}"`
  const startedAtMs = transport.clock.now()
  // For the whole of the attempt: a peer that trickles its answer is as good as silent.
  const guard = createStallGuard({
    limitMs: timeoutMs,
    clock: transport.clock,
    toError: () => new NetworkError(`${what}: the server did not answer in time`, { code: 'timeout' }),
    signal,
  })
  let status: number | undefined
  let requestId: string | undefined
  try {
    const response = await request(transport.apiUrl + pathAndQuery, {
      method,
      dispatcher: transport.dispatcher,
      headers: {
        ...headers,
        authorization: `Bearer ${transport.bearerToken()}`,
        accept: 'application/json',
        'user-agent': transport.userAgent,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: 0,
      bodyTimeout: 0,
      signal: guard.signal,
    })
    status = response.statusCode
    requestId = headerText(response.headers['x-request-id'])
    if (status < 200 || status > 299) {
      const refusal = await readRefusal(response.body)
      const retryAfterMs = parseRetryAfter(headerText(response.headers['retry-after']), transport.clock.now())
      throw createApiError({ method, path, status, requestId, retryAfterMs, ...refusal })
    }
    return parseJson(await readText(response.body), `[${method}] "${path}"`)
  } catch (error) {
    guard.signal.throwIfAborted()
    throw toNetworkError(error, what)
  } finally {
    guard.close()
    transport.onRequest?.({
      method,
      path,
      attempt,
      durationMs: transport.clock.now() - startedAtMs,
      isCancelled: signal?.aborted ?? false,
      ...(status === undefined ? {} : { status }),
      ...(requestId === undefined ? {} : { requestId }),
    })
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > maxAnswerBytes) {
      throw new ResponseError(`the server's answer is over ${maxAnswerBytes} bytes: is this the Images API?`, {
        code: 'answer_too_large',
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ResponseError(`${what}: the answer is not JSON: is the URL that of an Images API?`, {
      code: 'answer_not_json',
      cause,
    })
  }
}
