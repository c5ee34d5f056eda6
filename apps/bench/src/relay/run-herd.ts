import { execFile } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { metricOf, startRelayPair } from './relay-pair.ts'
import { uploadParts } from './upload-parts.ts'

export interface RunHerdOptions {
  readonly sizeMib: number
  readonly readerCount: number
  readonly folder: string
}

const mib = 1024 * 1024
const partSizeMib = 64

/** Many machines that boot one image at the same moment, through a proxy that has not got it yet. */
export async function runHerd({ sizeMib, readerCount, folder: parent }: RunHerdOptions): Promise<string> {
  const partCount = Math.ceil(sizeMib / partSizeMib)
  const folder = await mkdtemp(join(parent, 'slipway-bench-'))
  const pair = await startRelayPair(folder, { SLIPWAY_CACHE_SIZE: `${partCount * partSizeMib * 2}MiB` })
  try {
    const part = randomFillSync(Buffer.allocUnsafeSlow(partSizeMib * mib))
    const hash = createHash('sha256')
    for (let i = 0; i < partCount; i++) hash.update(part)
    const sha256 = hash.digest('hex')
    const { id } = await uploadParts({ server: pair.upstream, part, partCount, concurrency: 4, sha256 })
    const startedAt = performance.now()
    const digests = await Promise.all(
      Array.from({ length: readerCount }, async () => {
        const { url } = await pair.front.api('GET', `/v2/images/${id}/download`)
        const script = 'curl -sf "$0" | sha256sum'
        const { stdout } = await promisify(execFile)('sh', ['-c', script, String(url)])
        return stdout.slice(0, 64)
      }),
    )
    const seconds = (performance.now() - startedAt) / 1000
    const fetchCount = await metricOf(
      pair.upstream,
      'slipway_http_requests_total{method="GET",route="bytes",status="200"}',
    )
    const figures = {
      'right digests': digests.filter((digest) => digest === sha256).length,
      'upstream fetches': fetchCount,
      'MiB from the upstream': Math.round((await metricOf(pair.upstream, 'slipway_sent_bytes_total')) / mib),
      seconds: seconds.toFixed(1),
      'peak RSS of the proxy MiB': Math.round((await pair.front.peakRssBytes()) / mib),
    }
    const lines = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(28)} ${value}`)
    return [`${readerCount} readers of ${partCount * partSizeMib} MiB`, ...lines, ''].join('\n')
  } finally {
    await pair.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
