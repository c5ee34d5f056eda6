import { AsyncLocalStorage } from 'node:async_hooks'
import { ApiError } from '../../api-error.ts'

/** What of a request goes on to the upstream, beside what is asked. */
interface RequestScope {
  readonly requestId: string
  /** The `Via` header that it came with. */
  readonly via: string | undefined
}

export interface RequestScopes {
  /** @throws {ApiError} request_loop when the request has been here before */
  run<Result>(scope: RequestScope, call: () => Promise<Result>): Promise<Result>
  assertNoLoop(via: string | undefined): void
  /** The headers of a request to the upstream. */
  headers(): Record<string, string>
}

/** A chain of proxies this long is a loop that hides. */
const maxHops = 8

/** RFC 9110, 7.6.3: each proxy adds itself to `Via`, and one that finds itself there has been asked by itself. */
export function createRequestScopes({ proxyId }: { proxyId: string }): RequestScopes {
  const storage = new AsyncLocalStorage<RequestScope>()
  const own = `1.1 slipway-${proxyId}`
  const assertNoLoop = (via: string | undefined) => {
    if (via === undefined) return
    const hops = via.split(',').map((hop) => hop.trim())
    if (hops.length < maxHops && !hops.includes(own)) return
    throw new ApiError({
      code: 'request_loop',
      message: 'this request came back to the server that sent it: the upstream URL leads back here, tell the operator',
    })
  }
  return {
    assertNoLoop,
    async run(scope, call) {
      assertNoLoop(scope.via)
      return await storage.run(scope, call)
    },
    headers() {
      const { requestId, via } = storage.getStore() ?? {}
      return {
        via: via === undefined ? own : `${via}, ${own}`,
        ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
      }
    },
  }
}
