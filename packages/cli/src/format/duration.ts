/** Formats a duration for people: `0.4 s`, `12 s`, `3 m 05 s`, `2 h 07 m`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 9_950) return `${(Math.max(0, durationMs) / 1000).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} m ${twoDigits(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`
}

/** Formats a time to wait: whole seconds, since an estimate has no tenths. */
export function formatEta(etaMs: number): string {
  return etaMs < 9_950 ? `${Math.max(1, Math.ceil(etaMs / 1000))} s` : formatDuration(etaMs)
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
