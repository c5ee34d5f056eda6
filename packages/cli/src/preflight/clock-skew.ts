import { formatDuration } from '../format/duration.ts'
import type { ProbeResult } from '../host.ts'

/** Presigned URLs live for minutes: from here on they can seem to have run out. A `Date` header is a second off at most. */
const maxSkewMs = 60_000

/** @param nowMs when the answer came @returns a warning, or undefined when the clocks agree or the server has none */
export function clockSkewWarning({ serverTimeMs, roundTripMs }: ProbeResult, nowMs: number): string | undefined {
  if (serverTimeMs === undefined) return undefined
  const skewMs = nowMs - (serverTimeMs + roundTripMs / 2)
  if (Math.abs(skewMs) <= maxSkewMs) return undefined
  const direction = skewMs > 0 ? 'ahead of' : 'behind'
  return `this machine's clock is ${formatDuration(Math.abs(skewMs))} ${direction} the server's: presigned URLs may fail`
}
