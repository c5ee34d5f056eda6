import {
  apiPrefixes,
  contract,
  type OperationBody,
  type OperationDefinition,
  type OperationName,
  type OperationParams,
  type OperationResponse,
  type ParsedQuery,
} from '@slipway/core'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { invalidRequest } from '../api-errors.ts'
import type { Audit } from '../audit.ts'
import { type Authenticate, assertRole, type Caller } from '../auth/authenticate.ts'
import { audited, isAudited } from './audited.ts'
import type { AppEnv } from './env.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { methodNotAllowed, unknownPath } from './not-served.ts'
import { originOf } from './origin.ts'
import { parseQuery } from './parse-query.ts'
import { readJsonBody } from './read-json-body.ts'

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

export interface BindContractOptions {
  readonly handlers: OperationHandlers
  readonly authenticate: Authenticate
  readonly audit: Audit
  /** Refuses what a caller may not do beyond what its role says. */
  readonly authorize?: ((caller: Caller, operation: OperationName) => void) | undefined
  readonly publicUrl: string | undefined
}

/**
 * Serves every operation where the contract says, under both prefixes where it says so.
 * @returns what answers the requests that no operation matches: 405 for another method at a known path, 404 elsewhere. Apart,
 *   since Hono composes a chain for a request that two routes match, which costs the one that answers.
 */
export function bindContract(app: Hono<AppEnv>, options: BindContractOptions): Hono<AppEnv> {
  const methodsByPath = new Map<string, string[]>()
  for (const name of Object.keys(contract) as OperationName[]) {
    const { method, path, isPrefixed, formerPath }: OperationDefinition = contract[name]
    const serve = serveOperation(name, options)
    const paths = isPrefixed ? apiPrefixes.map((prefix) => prefix + path) : [path]
    for (const servedPath of formerPath === undefined ? paths : [...paths, formerPath]) {
      const routePath = servedPath.replace(/\{(\w+)\}/g, ':$1')
      app.on(method, routePath, serve)
      methodsByPath.set(routePath, [...(methodsByPath.get(routePath) ?? []), method])
    }
  }
  const unserved = new Hono<AppEnv>()
  for (const [path, methods] of methodsByPath) {
    unserved.all(path, (c) => {
      const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods
      throw methodNotAllowed({ method: c.req.method, allowed })
    })
  }
  unserved.notFound(() => {
    throw unknownPath()
  })
  return unserved
}

/** What can be known of an operation before anybody calls it is worked out once. */
function serveOperation<K extends OperationName>(name: K, options: BindContractOptions) {
  const { handlers, authenticate, audit, authorize, publicUrl } = options
  const definition: OperationDefinition = contract[name]
  const { role, params, query, body, status } = definition
  const hasQuery = Object.keys(query.shape).length > 0
  const isRecorded = isAudited(name, definition)

  const answer = async (c: Context<AppEnv>, caller: Caller) => {
    const { context } = c.env
    assertRole(caller, role)
    authorize?.(caller, name)
    // The schemas are the contract's own for this operation, which is what the types of a request are derived from.
    const request = {
      caller,
      params: parse(params, c.req.param()),
      query: hasQuery ? parseQuery(query, queryOf(c.req.url)) : {},
      body: body ? parse(body, await readJsonBody(c.req.raw)) : undefined,
      idempotencyKey: readIdempotencyKey(context.headers['idempotency-key']),
      origin: () => originOf({ publicUrl, host: context.headers.host, isSecure: context.isSecure }),
    } as OperationRequest<K>
    return await handlers[name](request)
  }

  return async (c: Context<AppEnv>): Promise<Response> => {
    const { context } = c.env
    context.route = name
    const caller = await authenticate(context.headers.authorization, context.address)
    context.tokenId = caller.tokenId
    const response = isRecorded
      ? await audited(() => answer(c, caller), { audit, name, definition, caller, context, params: c.req.param() })
      : await answer(c, caller)
    return jsonAnswer(response, status)
  }
}

/** Not by `c.json`, which makes a `Headers` of what the server takes apart again: a tenth of a small request. */
function jsonAnswer(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), { status, headers: jsonHeaders })
}

const jsonHeaders = { 'content-type': 'application/json' }

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : url.slice(start))
}

function parse(schema: z.ZodObject, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error)
}
