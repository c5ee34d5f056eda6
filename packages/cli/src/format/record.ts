import { safeText } from './safe-text.ts'

/**
 * Lines of `label  value`, the values in one column. Fields without a value are left out.
 * @param minLabelWidth for records that stand below each other
 */
export function formatRecord(
  fields: readonly (readonly [label: string, value: string | undefined])[],
  minLabelWidth = 0,
): string {
  const shown = fields.filter((field): field is [string, string] => field[1] !== undefined)
  const width = Math.max(minLabelWidth, ...shown.map(([label]) => label.length))
  return shown.map(([label, value]) => `${label.padEnd(width)}  ${safeText(value)}`).join('\n')
}
