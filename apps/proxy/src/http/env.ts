import type { RequestContext } from './request-context.ts'

/** Hono's view of a request: see `server/request-listener.ts`, which makes the bindings. */
export interface AppEnv {
  Bindings: { readonly context: RequestContext }
}
