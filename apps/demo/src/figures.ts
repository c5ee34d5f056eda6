const MiB = 1024 * 1024

export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  if (bytes < MiB) return `${(bytes / 1024).toFixed(1)} KiB`
  return bytes < 1000 * MiB ? `${(bytes / MiB).toFixed(1)} MiB` : `${(bytes / MiB / 1024).toFixed(1)} GiB`
}

export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

export function formatRate(bytes: number, milliseconds: number): string {
  return `${(bytes / MiB / Math.max(0.001, milliseconds / 1000)).toFixed(0)} MiB/s`
}
