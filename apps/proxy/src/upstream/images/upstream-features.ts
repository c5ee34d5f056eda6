import type { WireCapabilities } from '@slipway/core'
import { ApiError } from '../../api-error.ts'
import type { UpstreamApi } from '../transport/upstream-api.ts'

/** Which of Slipway's additions the upstream has. */
export interface UpstreamFeatures {
  /** Undefined: none of them. */
  get(): Promise<WireCapabilities | undefined>
}

/** An upstream is upgraded now and then. */
const freshMs = 5 * 60_000
/** What a server answers for a route that it does not have. */
const unknownRouteStatuses = new Set([400, 403, 404, 405, 501])

export function createUpstreamFeatures({ api, now }: { api: UpstreamApi; now: () => number }): UpstreamFeatures {
  let known: { readonly wire: WireCapabilities | undefined; readonly atMs: number } | undefined
  return {
    async get() {
      if (known && now() - known.atMs < freshMs) return known.wire
      try {
        known = { wire: await api.call('getCapabilities'), atMs: now() }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        const isRefusal = error.passedOn !== undefined && unknownRouteStatuses.has(error.status)
        if (isRefusal || error.code === 'upstream_invalid') known = { wire: undefined, atMs: now() }
        // While it does not answer, what it could a moment ago is the best that is known.
        else if (!known) throw error
      }
      return known.wire
    },
  }
}
