import { existsSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { type ContenderResult, runTransferBenchmark } from './transfer-benchmark.ts'

const { values } = parseArgs({
  options: {
    'size-mib': { type: 'string', default: '1024' },
    runs: { type: 'string', default: '5' },
    folder: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
  },
})
const sizeBytes = Number(values['size-mib']) * 1024 * 1024

console.log(`${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
console.log(`${values['size-mib']} MiB of random bytes, ${values.runs} runs each after one uncounted, loopback`)
const results = await runTransferBenchmark({
  sizeBytes,
  runCount: Number(values.runs),
  folder: values.folder,
  onRun: (done, all) => process.stderr.write(`\rrun ${done} of ${all}${done === all ? '\n' : ''}`),
})
console.table(Object.fromEntries(results.map((result) => [result.name, row(result)])))

function row({ kind, seconds, peakRssBytes }: ContenderResult) {
  const limit = Math.max(medianOf('sha256sum FILE'), medianOf(kind === 'download' ? 'curl -o FILE' : 'curl -T FILE'))
  return {
    'median s': seconds.median.toFixed(2),
    'min–max s': `${seconds.min.toFixed(2)}–${seconds.max.toFixed(2)}`,
    'GiB/s': (sizeBytes / 2 ** 30 / seconds.median).toFixed(2),
    'peak RSS MiB': Math.round(peakRssBytes / 2 ** 20),
    '× the longer of sha256sum and curl': kind === 'limit' ? '' : (seconds.median / limit).toFixed(2),
  }
}

function medianOf(name: string): number {
  return results.find((result) => result.name === name)?.seconds.median ?? 0
}
