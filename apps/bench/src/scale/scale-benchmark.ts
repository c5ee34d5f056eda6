import { type SlipwayProxy, startSlipwayProxy } from '../peers/slipway-proxy.ts'
import { type Spread, spreadOf } from '../statistics.ts'
import { type InstallationSize, installationSql } from './installation-sql.ts'
import type { ScaleDatabase } from './scale-database.ts'

export interface ScaleBenchmarkOptions {
  readonly createDatabase: () => Promise<ScaleDatabase>
  readonly small: InstallationSize
  readonly large: InstallationSize
  readonly requestCount: number
}

/** Milliseconds of one request, on a small installation and on a large one. */
export type ScaleResult = Readonly<Record<string, { readonly small: Spread; readonly large: Spread }>>

type Request = (proxy: SlipwayProxy, index: number) => Promise<unknown>

const workspace = 'sfc:workspace:local:default'

/** Both servers take turns request by request, so that a drift of the machine hits both. */
export async function runScaleBenchmark(options: ScaleBenchmarkOptions): Promise<ScaleResult> {
  const stops: (() => Promise<void>)[] = []
  const start = async (size: InstallationSize) => {
    const database = await options.createDatabase()
    stops.push(() => database.remove())
    const proxy = await startSlipwayProxy({
      dataDir: database.dataDir,
      env: database.databaseUrl === undefined ? {} : { SLIPWAY_DATABASE_URL: database.databaseUrl },
    })
    stops.push(() => proxy.stop())
    await database.run(installationSql(size))
    return { proxy, ...size, middle: await middleOf(proxy, size) }
  }
  try {
    const small = await start(options.small)
    const large = await start(options.large)
    const result: Record<string, { small: Spread; large: Spread }> = {}
    for (const [name, requestOf] of Object.entries(requests)) {
      const times = { small: [] as number[], large: [] as number[] }
      const [askSmall, askLarge] = [requestOf(small), requestOf(large)]
      for (let index = -warmUpCount; index < options.requestCount; index++) {
        const smallMs = await timed(() => askSmall(small.proxy, index))
        const largeMs = await timed(() => askLarge(large.proxy, index))
        if (index < 0) continue
        times.small.push(smallMs)
        times.large.push(largeMs)
      }
      result[name] = { small: spreadOf(times.small), large: spreadOf(times.large) }
    }
    return result
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

const warmUpCount = 50

interface Installation extends InstallationSize {
  /** The cursor of a page in the middle of the list. */
  readonly middle: string
}

const idOf = (index: number, { imageCount }: InstallationSize) => `image_${1 + (Math.abs(index * 7919) % imageCount)}`

const requests: Readonly<Record<string, (installation: Installation) => Request>> = {
  'list, first page of 50': () => (proxy) => proxy.api('GET', '/v2/images?limit=50'),
  'list, page in the middle':
    ({ middle }) =>
    (proxy) =>
      proxy.api('GET', `/v2/images?limit=25&starting_after=${middle}`),
  'get by id': (installation) => (proxy, index) => proxy.api('GET', `/v2/images/${idOf(index, installation)}`),
  'get by name': (installation) => (proxy, index) =>
    proxy.api('GET', `/v2/images/${idOf(index, installation).replace('image_', 'name_')}`),
  create: () => (proxy) => proxy.api('POST', '/v2/images', { workspace }),
  metrics: () => async (proxy) => await (await fetch(`${proxy.url}/metrics`)).text(),
}

async function middleOf(proxy: SlipwayProxy, { imageCount }: InstallationSize): Promise<string> {
  let cursor = ''
  for (let seen = 0; seen < imageCount / 2; ) {
    const limit = Math.min(200, Math.ceil(imageCount / 2) - seen)
    const page = await proxy.api('GET', `/v2/images?limit=${limit}${cursor && `&starting_after=${cursor}`}`)
    cursor = String(page.cursor)
    seen += limit
  }
  return cursor
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}
