import { join } from 'node:path'
import { ping } from '../peers/ping.ts'
import type { RawRequest } from '../peers/raw-http.ts'
import { type SlipwayProxy, startSlipwayProxy } from '../peers/slipway-proxy.ts'

export interface MeasureReplicasOptions {
  /** For a data folder of each replica: none of the requests reaches the bytes in it. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly replicaCounts: readonly number[]
  /** Which of `get`, `list`, `part URL` and `create`, in this order. */
  readonly requests: readonly string[]
  /** Counted rounds, after one that is not. */
  readonly runCount: number
  /** Of one measurement. */
  readonly durationMs: number
  readonly say: (text: string) => void
}

export interface ReplicaFigure {
  readonly request: string
  readonly replicaCount: number
  /** Requests a second of all replicas together, one of each round. */
  readonly values: readonly number[]
}

/** A multiple of every number of replicas: each gets as many. */
const connectionCount = 16
const listedImageCount = 100

/** In each round every number of replicas has its turn with every request, over kept connections spread evenly. */
export async function measureReplicas(options: MeasureReplicasOptions): Promise<readonly ReplicaFigure[]> {
  const { folder, env, replicaCounts, requests, runCount, durationMs, say } = options
  const replicas: SlipwayProxy[] = []
  try {
    // The first one makes the tables; the others find them.
    for (let i = 0; i < Math.max(...replicaCounts); i++) {
      replicas.push(await startSlipwayProxy({ dataDir: join(folder, `replica-${i}`), env }))
    }
    const imageId = await fill(replicas[0])
    const figures = requests.flatMap((request) =>
      replicaCounts.map((replicaCount) => ({ request, replicaCount, values: [] as number[] })),
    )
    for (let round = 0; round <= runCount; round++) {
      for (const { request, replicaCount, values } of figures) {
        say(`round ${round} of ${runCount}: ${request}, ${replicaCount}`)
        const chosen = replicas.slice(0, replicaCount)
        const rates = await Promise.all(
          chosen.map((replica) =>
            ping({
              request: requestOf(request, replica, imageId),
              connectionCount: connectionCount / replicaCount,
              durationMs,
            }),
          ),
        )
        if (round > 0) values.push(rates.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0))
      }
    }
    return figures
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()))
  }
}

async function fill(replica: SlipwayProxy | undefined): Promise<string> {
  let id = ''
  for (let i = 0; i < listedImageCount; i++) {
    const image = await replica?.api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })
    id = String(image?.id)
  }
  return id
}

function requestOf(name: string, { url, token }: SlipwayProxy, imageId: string): RawRequest {
  const headers = { authorization: `Bearer ${token}` }
  const post = (path: string, value: object): RawRequest => ({
    method: 'POST',
    url: url + path,
    headers: { ...headers, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  })
  switch (name) {
    case 'get':
      return { method: 'GET', url: `${url}/v2/images/${imageId}`, headers }
    case 'list':
      return { method: 'GET', url: `${url}/v2/images`, headers }
    case 'part URL':
      return post(`/v2/images/${imageId}/parts`, { part_id: 1 })
    case 'create':
      return post('/v2/images', { workspace: 'sfc:workspace:local:default' })
    default:
      throw new Error(`there is no request ${name}`)
  }
}
