import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type ApiError, errorBodyOf } from '../api-error.ts'
import { invalidField } from '../api-errors.ts'
import { createApp } from '../app.ts'
import { createStreamBody, type RequestBody } from '../bytes/request-body.ts'
import { bytesPrefix } from '../bytes/serve-bytes.ts'
import type { Deps } from '../deps.ts'
import { answerFailure } from '../http/answer-failure.ts'
import { createOperationRouter } from '../http/operation-router.ts'
import { createRequestContext, type RequestContext } from '../http/request-context.ts'
import { createServeContract } from '../http/serve-contract.ts'
import { createYoungCollector } from '../young-collector.ts'
import { applyCors } from './cors.ts'
import { logWhenAnswered } from './request-log.ts'
import { originFormOf, pathOf } from './request-target.ts'

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
    // HTTP/1.0, which probes of balancers speak, knows no Host; none of these routes looks at it.
    { hostname: 'host.invalid', errorHandler: () => malformedRequest() },
  )

  const dispatch = (exchange: Exchange, { expectsContinue, body }: ListenOptions): unknown => {
    const { request, response, context, target, path } = exchange
    const operation = operations.match(request.method ?? '', path)
    // Operations name the request in a head of their own: Node writes that in half of the time of one that is collected.
    if (!operation) response.setHeader('x-request-id', context.requestId)
    if (deps.isDraining) response.setHeader('connection', 'close')
    if (request.headers.host === undefined && request.httpVersion === '1.1') throw malformedHost()
    if (applyCors({ request, response, origins: deps.config.corsOrigins })) return
    if (serveBytes && path.startsWith(bytesPrefix)) {
      context.route = 'bytes'
      const url = new URL(target, 'http://host.invalid')
      const bytesBody = body ?? createStreamBody(request, noteArrivedBytes)
      return serveBytes({ request, response, body: bytesBody, url, context, expectsContinue })
    }
    if (expectsContinue) response.writeContinue()
    return operation ? serveContract({ request, response, context, operation }) : serveRest(request, response)
  }

  return (request, response, options) => {
    const startedAtMs = performance.now()
    const context = createRequestContext(request.headers['x-request-id'], { isSecure: 'encrypted' in request.socket })
    ;(request as ContextualRequest)[contextKey] = context
    const target = originFormOf(request.url)
    const path = pathOf(target)
    logWhenAnswered({ log: deps.log, metrics: deps.metrics, request, response, context, path, startedAtMs })
    try {
      dispatch({ request, response, context, target, path }, options)
    } catch (thrown) {
      // Before anything has the request that answers for itself: left alone, it would end the process.
      void answerFailure({ request, response, context, thrown })
    }
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: RequestContext
  /** In origin form. */
  readonly target: string
  /** Without the query. */
  readonly path: string
}

function malformedHost(): ApiError {
  return invalidField('Host', 'the request line or its Host header is malformed')
}

function malformedRequest(): Response {
  const error = malformedHost()
  return Response.json(errorBodyOf(error), { status: error.status })
}
