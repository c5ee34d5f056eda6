const steps = [
  { unit: 'second', seconds: 1, until: 60 },
  { unit: 'minute', seconds: 60, until: 3_600 },
  { unit: 'hour', seconds: 3_600, until: 86_400 },
  { unit: 'day', seconds: 86_400, until: 30 * 86_400 },
] as const

/** Formats a time for people: `just now`, `5 minutes ago`; the date alone when it is a month or more away. */
export function formatRelativeTime(time: Date, nowMs: number): string {
  const seconds = Math.floor((nowMs - time.getTime()) / 1000)
  // Clocks differ a little: a time slightly ahead of ours is now.
  if (seconds < 5 && seconds > -300) return 'just now'
  const step = seconds < 0 ? undefined : steps.find(({ until }) => seconds < until)
  if (!step) return time.toISOString().slice(0, 10)
  const count = Math.floor(seconds / step.seconds)
  return `${count} ${step.unit}${count === 1 ? '' : 's'} ago`
}
