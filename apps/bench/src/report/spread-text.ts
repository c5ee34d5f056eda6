import { speedRatio, spreadOf } from '../statistics.ts'
import { numberText } from './number-text.ts'

/** @returns the median with min–max, such as `4.00 (2.00–6.00)` */
export function spreadText(values: readonly number[]): string {
  const { min, median, max } = spreadOf(values)
  const range = values.length > 1 ? `${numberText(min)}–${numberText(max)}` : 'one run'
  return `${numberText(median)} (${range})`
}

/** @returns how many times as good ours are, such as `× 2.00 (1.90–2.10)` */
export function ratioText(ours: readonly number[], theirs: readonly number[], moreIsBetter: boolean): string {
  const { min, median, max } = speedRatio({ subject: ours, other: theirs, isMoreBetter: moreIsBetter })
  return `× ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
}
