import type { HttpFault, HttpFaultKind } from './http-fault.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Longer than the shortest stall guard of the SDK's clients, shorter than the command's: both ways out are met. */
const maxHoldMs = 4_000

export function drawHttpFault(kind: HttpFaultKind, random: SeededRandom): HttpFault {
  // Always drawn, used or not: what one kind needs must not move the draws of the others.
  const fraction = random.unit()
  const holdMs = Math.round(100 + random.unit() ** 2 * (maxHoldMs - 100))
  const choice = random.integer(0, 2)
  switch (kind) {
    case 'reset-request':
    case 'reset-response':
    case 'truncate-request':
    case 'truncate-response':
    case 'corrupt-request':
    case 'corrupt-response':
      return { kind, atFraction: fraction }
    case 'delay':
    case 'slow-start':
    case 'late-delivery':
    case 'black-hole':
      return { kind, holdMs }
    case 'throttle':
      return { kind, bytesPerSecond: 200_000 + Math.round(fraction * 2_000_000), forMs: holdMs }
    case 'reorder':
      return { kind, overtakers: choice + 1, holdMs }
    case 'garbage':
      return { kind, shape: (['not-http', 'html', 'half-json'] as const)[choice] ?? 'html' }
    case 'unavailable':
      return { kind, status: ([429, 502, 503] as const)[choice] ?? 503, retryAfterSeconds: fraction < 0.8 ? 1 : 2 }
    case 'skewed-clock':
      return { kind, offsetSeconds: Math.round((fraction - 0.5) * 86_400) }
    default:
      return { kind }
  }
}
