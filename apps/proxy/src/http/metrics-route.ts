import { createHash, timingSafeEqual } from 'node:crypto'
import type { Hono } from 'hono'
import { ApiError } from '../api-error.ts'
import type { Deps } from '../deps.ts'
import type { AppEnv } from './env.ts'
import { methodNotAllowed } from './not-served.ts'

/** `/metrics` has a switch and a token of its own: whoever scrapes need not see images. */
export function bindMetrics(app: Hono<AppEnv>, { config, metrics }: Pick<Deps, 'config' | 'metrics'>): void {
  if (!config.metrics) return
  app.get('/metrics', async (c) => {
    c.env.context.route = 'metrics'
    assertMayScrape(c.req.header('authorization'), config.metricsToken)
    const { contentType, text } = await metrics.render()
    return c.text(text, 200, { 'content-type': contentType })
  })
  app.all('/metrics', (c) => {
    throw methodNotAllowed({ method: c.req.method, allowed: ['GET', 'HEAD'] })
  })
}

function assertMayScrape(authorization: string | undefined, token: string | undefined): void {
  if (token === undefined) return
  const [, given = ''] = /^bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
  // Hashes have one length, which the comparison needs and which tells nothing.
  if (timingSafeEqual(hashOf(given), hashOf(token))) return
  throw new ApiError({
    code: authorization === undefined ? 'missing_token' : 'invalid_token',
    message: 'the metrics need the token that the server was configured with: Authorization: Bearer <token>',
    headers: { 'www-authenticate': 'Bearer' },
  })
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
