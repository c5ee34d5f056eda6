import type { Mode } from './mode.ts'
import { startProxy } from './start-proxy.ts'

/** One proxy in front of another one. */
export function upstreamMode(bytes: 'direct' | 'relay'): Mode {
  return {
    summary: `slipway-proxy in front of another one, bytes ${bytes === 'relay' ? 'relayed and cached' : 'direct'}`,
    async start() {
      const upstream = await startProxy()
      try {
        const front = await startProxy({
          SLIPWAY_UPSTREAM_URL: upstream.url,
          SLIPWAY_UPSTREAM_TOKEN: upstream.token,
          SLIPWAY_UPSTREAM_BYTES: bytes,
          ...(bytes === 'relay' ? { SLIPWAY_CACHE_SIZE: '1GiB' } : {}),
        })
        return {
          ...front,
          async stop() {
            await front.stop()
            await upstream.stop()
          },
        }
      } catch (error) {
        await upstream.stop()
        throw error
      }
    },
  }
}
