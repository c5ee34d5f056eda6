import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { errorBodyOf } from '../api-error.ts'
import { invalidField } from '../api-errors.ts'
import { createApp } from '../app.ts'
import { createStreamBody, type RequestBody } from '../bytes/request-body.ts'
import { bytesPrefix } from '../bytes/serve-bytes.ts'
import type { Deps } from '../deps.ts'
import { createOperationRouter } from '../http/operation-router.ts'
import { createRequestContext, type RequestContext } from '../http/request-context.ts'
import { createServeContract } from '../http/serve-contract.ts'
import { createYoungCollector } from '../young-collector.ts'
import { applyCors } from './cors.ts'
import { logWhenAnswered } from './request-log.ts'

export interface ListenOptions {
  readonly expectsContinue: boolean
  /** Default: the request's own stream. */
  readonly body?: RequestBody
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse, options: ListenOptions) => void

/** A property, since a weak map of requests is work for every collection of the young generation. */
const contextKey = Symbol('context')
type ContextualRequest = IncomingMessage & { [contextKey]?: RequestContext }

/** Where every request comes in: gets its id and its log line, then goes to the byte routes, the contract's or the others. */
export function createRequestListener(deps: Deps): RequestListener {
  const operations = createOperationRouter()
  const serveContract = createServeContract(deps)
  const app = createApp(deps, operations.unserved)
  const serveBytes = deps.upstream?.serveBytes ?? deps.storage.serveBytes
  const noteArrivedBytes = createYoungCollector()
  const serveRest = getRequestListener(
    (request, { incoming, outgoing }) => {
      const { [contextKey]: context = createRequestContext(undefined) } = incoming as ContextualRequest
      return app.fetch(request, { incoming, outgoing, context })
    },
    { errorHandler: () => malformedRequest() },
  )

  return (request, response, { expectsContinue, body }) => {
    const startedAtMs = performance.now()
    const context = createRequestContext(request.headers['x-request-id'], {
      isSecure: 'encrypted' in request.socket,
    })
    ;(request as ContextualRequest)[contextKey] = context
    const path = pathOf(request.url)
    logWhenAnswered({ log: deps.log, metrics: deps.metrics, request, response, context, path, startedAtMs })
    const operation = operations.match(request.method ?? '', path)
    // Operations name the request in a head of their own: Node writes that in half of the time of one that is collected.
    if (!operation) response.setHeader('x-request-id', context.requestId)
    if (deps.isDraining) response.setHeader('connection', 'close')
    if (applyCors({ request, response, origins: deps.config.corsOrigins })) return
    if (serveBytes && path.startsWith(bytesPrefix)) {
      context.route = 'bytes'
      const url = new URL(request.url ?? '/', 'http://host.invalid')
      void serveBytes({
        request,
        response,
        body: body ?? createStreamBody(request, noteArrivedBytes),
        url,
        context,
        expectsContinue,
      })
      return
    }
    if (expectsContinue) response.writeContinue()
    if (operation) void serveContract({ request, response, context, operation })
    else void serveRest(request, response)
  }
}

/** Without the query, which may carry a signature, and without scheme and host, which RFC 9112, 3.2.2 has servers accept. */
function pathOf(target = '/'): string {
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*/i, '') || '/'
}

function malformedRequest(): Response {
  const error = invalidField('Host', 'the request line or its Host header is malformed')
  return Response.json(errorBodyOf(error), { status: error.status })
}
