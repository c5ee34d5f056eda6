import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorBodyOf } from './api-error.ts'
import type { Deps } from './deps.ts'
import { bindContract } from './http/bind-contract.ts'
import type { AppEnv } from './http/env.ts'
import { createHandlers } from './http/handlers.ts'
import { bindHealth } from './http/health.ts'
import { bindMetrics } from './http/metrics-route.ts'
import { bindReference } from './http/reference-page.ts'
import { toApiError } from './to-api-error.ts'

/** Every JSON route; the listener hands in each request's context. The byte routes stand apart, on Node's raw streams: see `bytes/`. */
export function createApp(deps: Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  const { upstream } = deps
  // Only where it is needed: a chain of handlers costs the small requests of everybody else.
  if (upstream) {
    app.use((c, next) => upstream.scopes.run({ requestId: c.env.context.requestId, via: c.req.header('via') }, next))
  }
  bindHealth(app, deps)
  bindMetrics(app, deps)
  bindReference(app)
  const unserved = bindContract(app, {
    handlers: createHandlers(deps),
    authenticate: deps.authenticate,
    audit: deps.audit,
    authorize: deps.upstream?.authorize,
    publicUrl: deps.publicUrl,
  })
  app.notFound((c) => unserved.fetch(c.req.raw, c.env))
  app.onError(answerError)
  unserved.onError(answerError)
  return app
}

function answerError(thrown: Error, c: Context<AppEnv>): Response {
  const { context } = c.env
  const error = toApiError(thrown, context)
  if (error.status >= 500) context.cause = error.cause
  return c.json(errorBodyOf(error), error.status as ContentfulStatusCode, error.headers)
}
