import { createHash, randomFillSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { spreadOf } from '../statistics.ts'
import { startRelayPair } from './relay-pair.ts'
import { uploadParts } from './upload-parts.ts'

export interface RunRelayOptions {
  readonly runCount: number
  readonly folder: string
  readonly say: (text: string) => void
}

const mib = 1024 * 1024
/** The same bytes cut finely and coarsely: memory must not know the difference. */
const shapes = [
  { partSizeMib: 16, partCount: 32 },
  { partSizeMib: 256, partCount: 2 },
] as const
const concurrency = 4

/** Uploads straight to a proxy, and through another one in front of it, in turn. @returns what to print */
export async function runRelay({ runCount, folder: parent, say }: RunRelayOptions): Promise<string> {
  const lines = [
    `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`,
    `512 MiB, ${concurrency} parts at a time, ${runCount} rounds after one uncounted, loopback`,
  ]
  for (const shape of shapes) {
    lines.push(`${shape.partSizeMib} MiB parts`)
    const figures = await measure({ ...shape, runCount, parent, say })
    lines.push(...Object.entries(figures).map(([name, value]) => `  ${name.padEnd(28)} ${value}`))
  }
  return `${lines.join('\n')}\n`
}

interface MeasureOptions {
  readonly partSizeMib: number
  readonly partCount: number
  readonly runCount: number
  readonly parent: string
  readonly say: (text: string) => void
}

async function measure(options: MeasureOptions): Promise<Readonly<Record<string, string | number>>> {
  const { partSizeMib, partCount, runCount, parent, say } = options
  const folder = await mkdtemp(join(parent, 'slipway-bench-'))
  const pair = await startRelayPair(folder, { SLIPWAY_PURGE_GRACE_DAYS: '0' })
  try {
    const part = randomFillSync(Buffer.allocUnsafeSlow(partSizeMib * mib))
    const hash = createHash('sha256')
    for (let i = 0; i < partCount; i++) hash.update(part)
    const upload = { part, partCount, concurrency, sha256: hash.digest('hex') }
    const cpuBefore = { front: await pair.front.cpuSeconds(), upstream: await pair.upstream.cpuSeconds() }
    const rounds: { direct: number; relayed: number }[] = []
    for (let round = 0; round <= runCount; round++) {
      const direct = await uploadParts({ server: pair.upstream, ...upload })
      await pair.upstream.api('DELETE', `/v2/images/${direct.id}`)
      const relayed = await uploadParts({ server: pair.front, ...upload })
      await pair.front.api('DELETE', `/v2/images/${relayed.id}`)
      if (round > 0) rounds.push({ direct: direct.seconds, relayed: relayed.seconds })
      say(`${partSizeMib} MiB parts: round ${round + 1} of ${runCount + 1}${round === runCount ? '\n' : ''}`)
    }
    const gib = (partSizeMib * partCount * (runCount + 1)) / 1024
    const speed = spreadOf(rounds.map(({ direct, relayed }) => direct / relayed))
    return {
      'direct s': spreadOf(rounds.map(({ direct }) => direct)).median.toFixed(2),
      'relayed s': spreadOf(rounds.map(({ relayed }) => relayed)).median.toFixed(2),
      'relay × direct, median': speed.median.toFixed(2),
      'min–max': `${speed.min.toFixed(2)}–${speed.max.toFixed(2)}`,
      'relay CPU s/GiB': (((await pair.front.cpuSeconds()) - cpuBefore.front) / gib).toFixed(2),
      'upstream CPU s/GiB': (((await pair.upstream.cpuSeconds()) - cpuBefore.upstream) / (2 * gib)).toFixed(2),
      'peak RSS of the relay MiB': Math.round((await pair.front.peakRssBytes()) / mib),
    }
  } finally {
    await pair.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
