import type { IncomingMessage } from 'node:http'
import { apiPrefixes, contract, fieldErrors, type OperationDefinition, roles } from '@slipway/core'
import type { Fault } from '../mutants/mutants.ts'
import { lenientBody } from './lenient-body.ts'
import { handlers, type ServedOperation } from './operations.ts'
import { readBody } from './read-body.ts'
import { Refusal, refuse } from './refusal.ts'
import type { Caller, Store } from './store.ts'
import type { WireAnswer } from './wire-answer.ts'

interface Route {
  readonly name: ServedOperation
  readonly definition: OperationDefinition
  readonly prefix: string
  readonly pattern: RegExp
}

const routes: readonly Route[] = (Object.keys(handlers) as ServedOperation[]).flatMap((name) => {
  const definition: OperationDefinition = contract[name]
  return (definition.isPrefixed ? apiPrefixes : ['']).map((prefix) => ({
    name,
    definition,
    prefix,
    pattern: new RegExp(`^${prefix}${definition.path.replace(/\{\w+\}/, '([^/]+)')}$`),
  }))
})

interface ApiOptions {
  readonly store: Store
  readonly fault: Fault | undefined
  readonly origin: string
}

/** Answers a request to the API. @throws {Refusal} */
export async function serveApi(request: IncomingMessage, { store, fault, origin }: ApiOptions): Promise<WireAnswer> {
  const url = new URL(request.url ?? '', origin)
  const atPath = routes.filter(
    ({ pattern, prefix }) =>
      pattern.test(url.pathname) && !(store.has('serves-one-prefix') && prefix === '/preview/v2'),
  )
  if (atPath.length === 0) {
    if (store.has('html-404')) return { status: 404, body: '<h1>Not Found</h1>', contentType: 'text/html' }
    throw refuse(404, 'unknown_path', 'nothing is served here: check the path')
  }
  const route = atPath.find(({ definition }) => definition.method === request.method)
  if (!route) throw refuse(store.has('answers-404-for-405') ? 404 : 405, 'method_not_allowed', 'use another method')
  const { definition, name, prefix, pattern } = route
  const caller = authenticate(store, request.headers.authorization)
  assertRole(store, route, caller)
  const param = pattern.exec(url.pathname)?.[1] ?? ''
  const query = parse(definition.query, readQuery(store, url.searchParams))
  const body = definition.body
    ? parse(definition.body, lenientBody(await readJson(store, request), { fault, account: caller.account }))
    : undefined
  if (param !== '' && definition.path.startsWith('/workspaces')) assertForm(definition, 'workspace', param)
  const idempotencyKey = request.headers['idempotency-key'] as string | undefined
  const isLimitGiven = url.searchParams.has('limit')
  const answer = await handlers[name]({
    store,
    caller,
    prefix,
    param,
    query: { ...(query as object), isLimitGiven },
    body,
    idempotencyKey,
    origin,
  })
  return { status: store.has('creates-with-200') ? 200 : definition.status, body: answer }
}

function authenticate(store: Store, authorization: string | undefined): Caller {
  const [, scheme = '', token = ''] = /^(\w+) (\S+)$/.exec(authorization ?? '') ?? []
  const [anybody] = store.tokens.values()
  const caller = scheme === 'Bearer' ? store.tokens.get(token) : undefined
  if (caller) return caller
  const isWelcome =
    (token === '' && store.has('asks-for-no-token')) ||
    (scheme === 'Bearer' && store.has('takes-any-token')) ||
    (scheme === 'Basic' && store.has('takes-any-scheme'))
  if (isWelcome && anybody) return anybody
  throw refuse(store.has('answers-403-for-401') ? 403 : 401, 'invalid_token', 'send a valid token')
}

function assertRole(store: Store, { name, definition }: Route, { role }: Caller): void {
  if (store.has('readers-create') && name === 'createImage') return
  if (store.has('readers-delete') && name === 'deleteImage') return
  const needed = store.has('readers-download-not') && name === 'getImageDownload' ? 'uploader' : definition.role
  if (roles.indexOf(role) < roles.indexOf(needed)) throw refuse(403, 'insufficient_role', `this needs a ${needed}`)
}

function readQuery(store: Store, search: URLSearchParams): Record<string, unknown> {
  const query: Record<string, unknown> = Object.fromEntries(search)
  if (search.has('id')) query.id = search.getAll('id')
  if (store.has('clamps-limit') && Number(query.limit) > 200) query.limit = '200'
  if (store.has('takes-limit-0') && query.limit === '0') query.limit = '1'
  return query
}

async function readJson(store: Store, request: IncomingMessage): Promise<unknown> {
  const bytes = await readBody(request)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('application/json') && !store.has('takes-any-content-type')) {
    throw refuse(415, 'unsupported_media_type', 'send JSON', 'Content-Type')
  }
  try {
    return JSON.parse(bytes.toString())
  } catch {
    throw refuse(store.has('fails-at-malformed-json') ? 500 : 400, 'malformed_json', 'send well-formed JSON', 'body')
  }
}

function assertForm(definition: OperationDefinition, field: string, raw: string): void {
  parse(definition.params, { [field]: decodeURIComponent(raw) })
}

/** @throws {Refusal} 400 with every field that breaks the contract's schema */
function parse(schema: OperationDefinition['query'], value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Refusal(400, fieldErrors(parsed.error) as ConstructorParameters<typeof Refusal>[1])
}
