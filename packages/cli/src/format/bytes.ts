const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const

/** Formats a size for people: `512 B`, `16.0 MiB`, `128 GiB`. Three digits that count, never more than 8 columns. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`
  let value = bytes / 1024
  let unit = 0
  // From 999.5 on, rounding would print a fourth digit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 99.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}
