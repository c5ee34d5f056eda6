import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorBodyOf } from './api-error.ts'
import type { Deps } from './deps.ts'
import type { AppEnv } from './http/env.ts'
import { bindHealth } from './http/health.ts'
import { bindMetrics } from './http/metrics-route.ts'
import { bindReference } from './http/reference-page.ts'
import { toApiError } from './to-api-error.ts'

/**
 * What is served beside the contract: health, metrics, the document, and the refusal of everything else. The listener hands in
 * each request's context.
 */
export function createApp(deps: Deps, unserved: Hono<AppEnv>): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  bindHealth(app, deps)
  bindMetrics(app, deps)
  bindReference(app)
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
