import type { Hono } from 'hono'
import { sql } from 'kysely'
import type { Deps } from '../deps.ts'
import { StoreError } from '../storage/s3/store-error.ts'
import type { AppEnv } from './env.ts'
import { methodNotAllowed } from './not-served.ts'

type HealthDeps = Pick<Deps, 'db' | 'storage' | 'log' | 'isDraining'>

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

async function checkReadiness({ db, storage, log, isDraining }: HealthDeps) {
  const check = async (name: string, probe: () => Promise<unknown>) => {
    try {
      await probe()
      return 'ok'
    } catch (error) {
      log.warn({ err: error, check: name }, 'not ready')
      // What an object store refuses is told without a secret, and saves the look into the log.
      return error instanceof StoreError ? `failed: ${error.message}` : 'failed'
    }
  }
  return {
    serving: isDraining ? 'stopping' : 'ok',
    database: await check('database', () => sql`select 1`.execute(db)),
    storage: await check('storage', () => storage.assertReady()),
  }
}
