import {
  contract,
  fillPath,
  type OperationBody,
  type OperationName,
  type OperationParams,
  type OperationQuery,
  type OperationResponse,
} from '@slipway/core'
import { atPublicBoundary } from '../errors/public-boundary.ts'
import { NetworkError, ResponseError } from '../errors/slipway-error.ts'
import { retryFailures } from './retry-failures.ts'
import { sendApiRequest } from './send-api-request.ts'
import type { Transport } from './transport.ts'

export interface CallOptions<K extends OperationName> {
  readonly params?: OperationParams<K>
  readonly query?: OperationQuery<K>
  readonly body?: OperationBody<K>
  /** Beside those that every request carries, such as `idempotency-key`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  /** Default: the client's. */
  readonly timeoutMs?: number | undefined
  /** Default: the client's. */
  readonly maxAttempts?: number | undefined
}

/** Repeating these after a lost answer would do, or seem to do, something else: only a certain failure is retried. */
const unrepeatable: ReadonlySet<OperationName> = new Set([
  'createImage',
  'createWorkspace',
  'createToken',
  'deleteImage',
  'deleteWorkspace',
  'reinstateImage',
])

/** Calls one operation of the contract: retried with back-off, its answer checked against the contract's schema. */
export function callOperation<K extends OperationName>(
  transport: Transport,
  name: K,
  options: CallOptions<K> = {},
): Promise<OperationResponse<K>> {
  const { signal } = options
  return atPublicBoundary(signal, async () => {
    const operation = contract[name]
    const prefix = operation.isPrefixed ? '/v2' : ''
    const path = prefix + fillPath(operation.path, (options.params ?? {}) as Record<string, string>)
    const maxAttempts = options.maxAttempts ?? transport.maxAttempts
    const mayRepeat = (error: unknown) => mayRepeatOperation(name, error)
    return retryFailures({ transport, maxAttempts, signal, mayRepeat }, async (attempt) => {
      const answer = await sendApiRequest(transport, {
        method: operation.method,
        pathAndQuery: path + formatQuery(options.query ?? {}),
        body: options.body,
        headers: options.headers,
        timeoutMs: options.timeoutMs ?? transport.timeoutMs,
        attempt,
        signal,
      })
      return parseAnswer(name, answer)
    })
  })
}

function mayRepeatOperation(name: OperationName, error: unknown): boolean {
  if (!unrepeatable.has(name)) return true
  if (error instanceof NetworkError) return error.code === 'connection_refused' || error.code === 'host_not_found'
  const { status } = error as { status?: number }
  return status === 429 || status === 503
}

function parseAnswer<K extends OperationName>(name: K, answer: unknown): OperationResponse<K> {
  const { method, path, response } = contract[name]
  const parsed = response.safeParse(answer)
  if (parsed.success) return parsed.data as OperationResponse<K>
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ')
  throw new ResponseError(`[${method}] "${path}": the answer is not as the Images API documents it (${fields})`, {
    code: 'unexpected_answer',
    cause: parsed.error,
  })
}

function formatQuery(query: Readonly<Record<string, unknown>>): string {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) pairs.append(name, String(item))
  }
  return pairs.size === 0 ? '' : `?${pairs}`
}
