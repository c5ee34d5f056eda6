import { availableParallelism, cpus } from 'node:os'
import { type ContenderResult, runTransferBenchmark } from './transfer-benchmark.ts'

export interface TransferCommandOptions {
  readonly sizeMib: number
  readonly runCount: number
  readonly folder: string
}

/** The SDK against its peers. */
export async function transferCommand({ sizeMib, runCount, folder }: TransferCommandOptions): Promise<void> {
  const sizeBytes = sizeMib * 1024 * 1024
  console.log(`${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  console.log(`${sizeMib} MiB of random bytes, ${runCount} runs each after one uncounted, loopback`)
  const results = await runTransferBenchmark({
    sizeBytes,
    runCount,
    folder,
    onRun: (done, all) => process.stderr.write(`\rrun ${done} of ${all}${done === all ? '\n' : ''}`),
  })
  console.table(Object.fromEntries(results.map((result) => [result.name, rowOf(result, { results, sizeBytes })])))
}

interface RowContext {
  readonly results: readonly ContenderResult[]
  readonly sizeBytes: number
}

function rowOf({ kind, seconds, peakRssBytes }: ContenderResult, { results, sizeBytes }: RowContext) {
  const medianOf = (name: string) => results.find((result) => result.name === name)?.seconds.median ?? 0
  const limit = Math.max(medianOf('sha256sum FILE'), medianOf(kind === 'download' ? 'curl -o FILE' : 'curl -T FILE'))
  return {
    'median s': seconds.median.toFixed(2),
    'min–max s': `${seconds.min.toFixed(2)}–${seconds.max.toFixed(2)}`,
    'GiB/s': (sizeBytes / 2 ** 30 / seconds.median).toFixed(2),
    'peak RSS MiB': Math.round(peakRssBytes / 2 ** 20),
    '× the longer of sha256sum and curl': kind === 'limit' ? '' : (seconds.median / limit).toFixed(2),
  }
}
