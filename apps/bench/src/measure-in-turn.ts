import type { Contender, LeftOut, MeasuredContender } from './figure.ts'

export interface MeasureInTurnOptions {
  readonly contenders: readonly Contender[]
  /** Counted rounds; one more goes before them, uncounted. */
  readonly runCount: number
  readonly onRun: (text: string) => void
  readonly onLeftOut: (leftOut: LeftOut) => void
}

/**
 * The contenders take turns within each round, so that a drift of the machine hits all of them, and each round begins with
 * another one. A peer that fails is left out and said so.
 * @throws what a contender of ours throws
 */
export async function measureInTurn(options: MeasureInTurnOptions): Promise<MeasuredContender[]> {
  const { contenders, runCount, onRun, onLeftOut } = options
  const entries = contenders.map((contender) => ({ contender, values: [] as number[], peakRssBytes: 0, isOut: false }))
  for (let round = 0; round <= runCount; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      const entry = entries[(turn + round) % entries.length]
      if (!entry || entry.isOut) continue
      const { contender } = entry
      onRun(`round ${round} of ${runCount}: ${contender.name}`)
      try {
        const { value, peakRssBytes = 0 } = await contender.measure()
        if (round > 0) entry.values.push(value)
        entry.peakRssBytes = Math.max(entry.peakRssBytes, peakRssBytes)
      } catch (error) {
        if (contender.role === 'ours') throw error
        entry.isOut = true
        onLeftOut({ name: contender.name, reason: `failed: ${error instanceof Error ? error.message : String(error)}` })
      }
    }
  }
  return entries
    .filter(({ isOut }) => !isOut)
    .map(({ contender: { name, role }, values, peakRssBytes }) => ({
      name,
      role,
      values,
      ...(peakRssBytes > 0 && { peakRssBytes }),
    }))
}
