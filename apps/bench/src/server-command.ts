import { availableParallelism, cpus } from 'node:os'
import { type Comparison, runServerBenchmark } from './server-benchmark.ts'

export interface ServerCommandOptions {
  readonly runCount: number
  readonly folder: string
}

const partSizeMib = 64
const concurrency = 4

/** The proxy against nginx for bytes, and against a bare Hono route for small requests. */
export async function serverCommand({ runCount, folder }: ServerCommandOptions): Promise<void> {
  console.log(`${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  console.log(`${concurrency} parts of ${partSizeMib} MiB at a time, ${runCount} rounds after one uncounted, loopback`)
  const result = await runServerBenchmark({
    partSizeBytes: partSizeMib * 1024 * 1024,
    concurrency,
    runCount,
    folder,
    onRun: (done, all) => process.stderr.write(`\rround ${done} of ${all}${done === all ? '\n' : ''}`),
  })
  console.table({
    'ingest (nginx WebDAV PUT)': rowOf(result.ingest),
    'ingest until the digest is known (same)': rowOf(result.ingestAndDigest),
    'ranged download (nginx)': rowOf(result.egress),
    'GET /images/{id} (bare Hono route)': rowOf(result.smallRequests),
  })
  console.log(`peak RSS of the proxy: ${Math.round(result.peakRssBytes / 2 ** 20)} MiB`)
}

function rowOf({ ours, peer, ratio }: Comparison) {
  return {
    'ours s': ours.median.toFixed(3),
    'peer s': peer.median.toFixed(3),
    '× peer, median': ratio.median.toFixed(2),
    'min–max': `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`,
  }
}
