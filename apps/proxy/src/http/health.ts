import type { Hono } from 'hono'
import { sql } from 'kysely'
import type { Deps } from '../deps.ts'
import type { AppEnv } from './env.ts'
import { methodNotAllowed } from './not-served.ts'

type HealthDeps = Pick<Deps, 'db' | 'blobs' | 'log' | 'isDraining'>

/** `/healthz`: the process lives. `/readyz`: it can serve, so traffic may be sent to it. Both without a token. */
export function bindHealth(app: Hono<AppEnv>, deps: HealthDeps): void {
  app.get('/healthz', (c) => {
    c.env.context.route = 'healthz'
    return c.json({ status: 'ok' })
  })
  app.get('/readyz', async (c) => {
    c.env.context.route = 'readyz'
    const checks = await checkReadiness(deps)
    const isReady = Object.values(checks).every((result) => result === 'ok')
    return c.json({ status: isReady ? 'ok' : 'unavailable', checks }, isReady ? 200 : 503)
  })
  for (const path of ['/healthz', '/readyz']) {
    app.all(path, (c) => {
      throw methodNotAllowed({ method: c.req.method, allowed: ['GET', 'HEAD'] })
    })
  }
}

async function checkReadiness({ db, blobs, log, isDraining }: HealthDeps) {
  const check = async (name: string, probe: () => Promise<unknown>) => {
    try {
      await probe()
      return 'ok'
    } catch (error) {
      log.warn({ err: error, check: name }, 'not ready')
      return 'failed'
    }
  }
  return {
    serving: isDraining ? 'stopping' : 'ok',
    database: await check('database', () => sql`select 1`.execute(db)),
    storage: await check('storage', () => blobs.assertWritable()),
  }
}
