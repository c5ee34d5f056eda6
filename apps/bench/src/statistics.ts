export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** @throws {RangeError} for no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  if (low === undefined || high === undefined) throw new RangeError('a spread needs at least one value')
  return { min: sorted[0] as number, median: (low + high) / 2, max: sorted.at(-1) as number }
}

export interface SpeedRatioOptions {
  readonly subject: readonly number[]
  readonly other: readonly number[]
  readonly isMoreBetter: boolean
}

/**
 * How many times as good the subject is, round by round: a drift of the machine hits both figures of a round alike, so
 * these ratios hold where the figures themselves do not.
 */
export function speedRatio({ subject, other, isMoreBetter }: SpeedRatioOptions): Spread {
  const ratios = subject.slice(0, other.length).map((value, round) => {
    const theirs = other[round] as number
    return isMoreBetter ? value / theirs : theirs / value
  })
  return spreadOf(ratios)
}

/** The mean of each `size` values in a row. What is left over at the end, of a contender that broke off, counts for nothing. */
export function meansOfRuns(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.floor(values.length / size) }, (_, run) => {
    return values.slice(run * size, (run + 1) * size).reduce((sum, value) => sum + value, 0) / size
  })
}
