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
