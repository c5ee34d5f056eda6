import { createHash, randomFillSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChildServer } from './child-server.ts'
import { startNginx } from './nginx-server.ts'
import { type ProxyServer, startProxy } from './proxy-server.ts'
import { pingRaw, type RawRequest, sendRaw } from './raw-http.ts'
import { type Spread, spreadOf } from './statistics.ts'

export interface ServerBenchmarkOptions {
  readonly partSizeBytes: number
  /** Parts that move at the same time. */
  readonly concurrency: number
  /** Counted rounds; one more goes before them, uncounted. */
  readonly runCount: number
  /** Where the servers keep their bytes; a RAM disk keeps the disk out of the figures. */
  readonly folder: string
  readonly onRun: (done: number, all: number) => void
}

export interface ServerBenchmarkResult {
  readonly ingest: Comparison
  /** Until the server's own digest of the whole image is known, too. */
  readonly ingestAndDigest: Comparison
  readonly egress: Comparison
  readonly smallRequests: Comparison
  readonly peakRssBytes: number
}

/** Seconds of ours and of the yardstick, and the median of the rounds' own ratios of speed. */
export interface Comparison {
  readonly ours: Spread
  readonly peer: Spread
  readonly ratio: Spread
}

interface Round {
  readonly ingest: readonly [ours: number, peer: number]
  readonly ingestAndDigest: readonly [ours: number, peer: number]
  readonly egress: readonly [ours: number, peer: number]
  readonly smallRequests: readonly [ours: number, peer: number]
}

const smallRequestCount = 4000
const smallConnectionCount = 8

/** Both servers take turns within each round, so that a drift of the machine hits both. */
export async function runServerBenchmark(options: ServerBenchmarkOptions): Promise<ServerBenchmarkResult> {
  const folder = await mkdtemp(join(options.folder, 'slipway-bench-'))
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const dataDir = join(folder, 'proxy')
    const proxy = await startProxy(dataDir)
    stops.push(() => proxy.stop())
    const nginx = await startNginx(join(folder, 'nginx'))
    stops.push(() => nginx.stop())
    const script = fileURLToPath(new URL('./bare-hono-server.js', import.meta.url))
    const hono = await startChildServer({ command: [process.execPath, script, join(dataDir, 'slipway.db')] })
    stops.push(() => hono.stop())

    const part = randomFillSync(Buffer.allocUnsafeSlow(options.partSizeBytes))
    const hash = createHash('sha256')
    for (let i = 0; i < options.concurrency; i++) hash.update(part)
    const context = { proxy, part, sha256: hash.digest('hex'), nginxUrl: nginx.url, honoUrl: hono.url, ...options }
    const rounds: Round[] = []
    for (let round = 0; round <= options.runCount; round++) {
      const measured = await runRound(context)
      if (round > 0) rounds.push(measured)
      options.onRun(round + 1, options.runCount + 1)
    }
    return {
      ingest: compare(rounds.map(({ ingest }) => ingest)),
      ingestAndDigest: compare(rounds.map(({ ingestAndDigest }) => ingestAndDigest)),
      egress: compare(rounds.map(({ egress }) => egress)),
      smallRequests: compare(rounds.map(({ smallRequests }) => smallRequests)),
      peakRssBytes: await proxy.peakRssBytes(),
    }
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

interface RoundContext {
  readonly proxy: ProxyServer
  readonly nginxUrl: string
  readonly honoUrl: string
  readonly part: Buffer
  readonly sha256: string
  readonly concurrency: number
}

async function runRound({ proxy, nginxUrl, honoUrl, part, sha256, concurrency }: RoundContext): Promise<Round> {
  const numbers = Array.from({ length: concurrency }, (_, index) => index + 1)
  const peerPuts = numbers.map((n): RawRequest => ({ method: 'PUT', url: `${nginxUrl}/part-${n}`, body: part }))
  const peerSeconds = await timed(() => sendAll(peerPuts))

  const { id } = await proxy.api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })
  const urls = await Promise.all(numbers.map((n) => proxy.api('POST', `/v2/images/${id}/parts`, { part_id: n })))
  const puts = urls.map(({ url }): RawRequest => ({ method: 'PUT', url: String(url), body: part }))
  const startedAt = performance.now()
  const ingestSeconds = await timed(() => sendAll(puts))
  await proxy.api('POST', `/v2/images/${id}/complete`, { sha256 })
  const digestSeconds = (performance.now() - startedAt) / 1000

  const { url } = await proxy.api('GET', `/v2/images/${id}/download`)
  const rangeOf = (n: number) => ({ range: `bytes=${(n - 1) * part.length}-${n * part.length - 1}` })
  const ours = numbers.map((n): RawRequest => ({ method: 'GET', url: String(url), headers: rangeOf(n) }))
  const peers = numbers.map(
    (n): RawRequest => ({
      method: 'GET',
      url: `${nginxUrl}/part-${n}`,
      headers: { range: `bytes=0-${part.length - 1}` },
    }),
  )
  const peerEgressSeconds = await timed(() => sendAll(peers))
  const egressSeconds = await timed(() => sendAll(ours))

  const ping = { connectionCount: smallConnectionCount, requestCount: smallRequestCount }
  const authorization = `Bearer ${proxy.token}`
  const smallPeer = await pingRaw({ request: { method: 'GET', url: `${honoUrl}/v2/images/${id}` }, ...ping })
  const small = await pingRaw({
    request: { method: 'GET', url: `${proxy.url}/v2/images/${id}`, headers: { authorization } },
    ...ping,
  })
  await proxy.api('DELETE', `/v2/images/${id}`)
  return {
    ingest: [ingestSeconds, peerSeconds],
    ingestAndDigest: [digestSeconds, peerSeconds],
    egress: [egressSeconds, peerEgressSeconds],
    smallRequests: [small, smallPeer],
  }
}

async function sendAll(requests: readonly RawRequest[]): Promise<void> {
  const answers = await Promise.all(requests.map(sendRaw))
  const wrong = answers.find(({ status }) => status < 200 || status >= 300)
  if (wrong) throw new Error(`a transfer was answered with ${wrong.status}`)
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return (performance.now() - startedAt) / 1000
}

function compare(pairs: readonly (readonly [ours: number, peer: number])[]): Comparison {
  return {
    ours: spreadOf(pairs.map(([ours]) => ours)),
    peer: spreadOf(pairs.map(([, peer]) => peer)),
    ratio: spreadOf(pairs.map(([ours, peer]) => peer / ours)),
  }
}
