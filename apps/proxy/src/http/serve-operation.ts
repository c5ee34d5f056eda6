import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  contract,
  type OperationBody,
  type OperationDefinition,
  type OperationName,
  type OperationParams,
  type OperationResponse,
  type ParsedQuery,
} from '@slipway/core'
import type { z } from 'zod'
import { invalidRequest } from '../api-errors.ts'
import type { Audit } from '../audit.ts'
import { type Authenticate, assertRole, type Caller } from '../auth/authenticate.ts'
import { audited, isAudited } from './audited.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { originOf } from './origin.ts'
import { parseQuery } from './parse-query.ts'
import { readJsonBody } from './read-json-body.ts'
import type { RequestContext } from './request-context.ts'

export interface OperationRequest<K extends OperationName> {
  readonly caller: Caller
  readonly params: OperationParams<K>
  readonly query: ParsedQuery<K>
  readonly body: OperationBody<K>
  readonly idempotencyKey: string | undefined
  /** Scheme and host by which the client reaches this server. */
  origin(): string
}

/** One handler for every operation of the contract: leaving one out does not compile. */
export type OperationHandlers = {
  readonly [K in OperationName]: (request: OperationRequest<K>) => Promise<OperationResponse<K>>
}

export interface ServeOperationOptions {
  readonly handlers: OperationHandlers
  readonly authenticate: Authenticate
  readonly audit: Audit
  /** Refuses what a caller may not do beyond what its role says. */
  readonly authorize?: ((caller: Caller, operation: OperationName) => void) | undefined
  readonly publicUrl: string | undefined
}

export interface OperationExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: RequestContext
  readonly params: Readonly<Record<string, string>>
}

/** Answers a request for one operation. @throws whatever is to be answered with an error */
export type ServeOperation = (exchange: OperationExchange) => Promise<void>

/**
 * Serves one operation on Node's own request and response: the standard ones around them are a third of what a small request
 * costs. What can be known before anybody calls is worked out once.
 */
export function createServeOperation<K extends OperationName>(name: K, options: ServeOperationOptions): ServeOperation {
  const { handlers, authenticate, audit, authorize, publicUrl } = options
  const definition: OperationDefinition = contract[name]
  const { role, params, query, body, status } = definition
  const hasQuery = Object.keys(query.shape).length > 0
  const isRecorded = isAudited(name, definition)

  const answer = async (exchange: OperationExchange, caller: Caller) => {
    const { request, context } = exchange
    const { headers } = request
    assertRole(caller, role)
    authorize?.(caller, name)
    // The schemas are the contract's own for this operation, which is what the types of a request are derived from.
    const operationRequest = {
      caller,
      params: parse(params, exchange.params),
      query: hasQuery ? parseQuery(query, queryOf(request.url)) : {},
      body: body ? parse(body, await readJsonBody(request)) : undefined,
      idempotencyKey: readIdempotencyKey(headers['idempotency-key']),
      origin: () => originOf({ publicUrl, host: headers.host, isSecure: context.isSecure }),
    } as OperationRequest<K>
    return await handlers[name](operationRequest)
  }

  return async (exchange) => {
    const { request, response, context } = exchange
    context.route = name
    const caller = await authenticate(request.headers.authorization, request.socket)
    context.tokenId = caller.tokenId
    const result = isRecorded
      ? await audited(() => answer(exchange, caller), { ...exchange, audit, name, definition, caller })
      : await answer(exchange, caller)
    const text = JSON.stringify(result)
    response.writeHead(status, {
      'x-request-id': context.requestId,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
  }
}

function queryOf(target = ''): URLSearchParams {
  const start = target.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : target.slice(start))
}

function parse(schema: z.ZodObject, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error)
}
