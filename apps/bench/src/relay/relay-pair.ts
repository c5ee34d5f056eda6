import { join } from 'node:path'
import { type SlipwayProxy, startSlipwayProxy } from '../peers/slipway-proxy.ts'

export interface RelayPair {
  readonly upstream: SlipwayProxy
  /** Stands in front of it. */
  readonly front: SlipwayProxy
  stop(): Promise<void>
}

/** Two `slipway-proxy` in processes of their own, one relaying to the other. */
export async function startRelayPair(folder: string, env: NodeJS.ProcessEnv = {}): Promise<RelayPair> {
  const upstream = await startSlipwayProxy({ dataDir: join(folder, 'upstream') })
  try {
    const front = await startSlipwayProxy({
      dataDir: join(folder, 'front'),
      env: {
        SLIPWAY_UPSTREAM_URL: upstream.url,
        SLIPWAY_UPSTREAM_TOKEN: upstream.token,
        SLIPWAY_UPSTREAM_BYTES: 'relay',
        ...env,
      },
    })
    return {
      upstream,
      front,
      async stop() {
        await front.stop()
        await upstream.stop()
      },
    }
  } catch (error) {
    await upstream.stop()
    throw error
  }
}

/** A counter of `/metrics`, or 0. */
export async function metricOf({ url }: SlipwayProxy, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? 0)
}
