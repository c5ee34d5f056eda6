import { createHash, randomFillSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { startRelayPair } from './relay-pair.ts'
import { spreadOf } from './statistics.ts'
import { uploadParts } from './upload-parts.ts'

export interface RelayCommandOptions {
  readonly runCount: number
  readonly folder: string
}

const mib = 1024 * 1024
/** The same bytes cut finely and coarsely: memory must not know the difference. */
const shapes = [
  { partSizeMib: 16, partCount: 32 },
  { partSizeMib: 256, partCount: 2 },
] as const
const concurrency = 4

/** Uploads straight to a proxy, and through another one in front of it, in turn. */
export async function relayCommand({ runCount, folder: parent }: RelayCommandOptions): Promise<void> {
  console.log(`${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  console.log(`512 MiB, ${concurrency} parts at a time, ${runCount} rounds after one uncounted, loopback`)
  const rows: Record<string, object> = {}
  for (const shape of shapes) rows[`${shape.partSizeMib} MiB parts`] = await measure({ ...shape, runCount, parent })
  console.table(rows)
}

interface MeasureOptions {
  readonly partSizeMib: number
  readonly partCount: number
  readonly runCount: number
  readonly parent: string
}

async function measure({ partSizeMib, partCount, runCount, parent }: MeasureOptions): Promise<object> {
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
      process.stderr.write(
        `\r${partSizeMib} MiB parts: round ${round + 1} of ${runCount + 1}${round === runCount ? '\n' : ''}`,
      )
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
