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
    const paths = isPrefixed ? apiPrefixes.map((prefix) => prefix + path) : [path]
    for (const servedPath of formerPath === undefined ? paths : [...paths, formerPath]) {
      const routePath = servedPath.replace(/\{(\w+)\}/g, ':$1')
      app.on(method, routePath, (c) => serveOperation(c, name, options))
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

async function serveOperation<K extends OperationName>(
  c: Context<AppEnv>,
  name: K,
  { handlers, authenticate, audit, authorize, publicUrl }: BindContractOptions,
): Promise<Response> {
  const definition: OperationDefinition = contract[name]
  const { context } = c.env
  context.route = name
  const caller = await authenticate(c.req.header('authorization'), context.address)
  context.tokenId = caller.tokenId
  const answer = async () => {
    assertRole(caller, definition.role)
    authorize?.(caller, name)
    // The schemas are the contract's own for this operation, which is what the types of a request are derived from.
    const request = {
      caller,
      params: parse(definition.params, c.req.param()),
      query: parseQuery(definition.query, queryOf(c.req.url)),
      body: definition.body ? parse(definition.body, await readJsonBody(c.req.raw)) : undefined,
      idempotencyKey: readIdempotencyKey(c.req.header('idempotency-key')),
      origin: () => originOf({ publicUrl, host: c.req.header('host'), isSecure: context.isSecure }),
    } as OperationRequest<K>
    return await handlers[name](request)
  }
  const response = isAudited(name, definition)
    ? await audited(answer, { audit, name, definition, caller, context, params: c.req.param() })
    : await answer()
  return jsonAnswer(response, definition.status)
}

/** Not by `c.json`, which makes a `Headers` of what the server takes apart again: a tenth of a small request. */
function jsonAnswer(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), { status, headers: jsonHeaders })
}

const jsonHeaders = { 'content-type': 'application/json' }
const noQuery = new URLSearchParams()

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?')
  return start < 0 ? noQuery : new URLSearchParams(url.slice(start))
}

function parse(schema: z.ZodObject, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error)
}
