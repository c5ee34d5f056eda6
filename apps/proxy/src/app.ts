import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorBodyOf } from './api-error.ts'
import type { Deps } from './deps.ts'
import { bindContract } from './http/bind-contract.ts'
import type { AppEnv } from './http/env.ts'
import { createHandlers } from './http/handlers.ts'
import { bindHealth } from './http/health.ts'
import { bindMetrics } from './http/metrics-route.ts'
import { unknownPath } from './http/not-served.ts'
import { bindReference } from './http/reference-page.ts'
import { createRequestContext } from './http/request-context.ts'
import { toApiError } from './to-api-error.ts'

/** Every JSON route. The byte routes stand apart, on Node's raw streams: see `bytes/`. */
export function createApp(deps: Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(async (c, next) => {
    // In process (`app.request()`) there is no listener that made one.
    if (!c.env?.context) c.env = { ...c.env, context: createRequestContext(c.req.header('x-request-id')) }
    await next()
  })
  bindHealth(app, deps)
  bindMetrics(app, deps)
  bindReference(app)
  bindContract(app, {
    handlers: createHandlers(deps),
    authenticate: deps.authenticate,
    audit: deps.audit,
    publicUrl: deps.publicUrl,
  })
  app.notFound(() => {
    throw unknownPath()
  })
  app.onError((thrown, c) => {
    const { context } = c.env
    const error = toApiError(thrown, context)
    if (error.status >= 500) context.cause = error.cause
    return c.json(errorBodyOf(error), error.status as ContentfulStatusCode, error.headers)
  })
  return app
}
