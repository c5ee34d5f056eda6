import type { ProcessFault, ProcessFaultKind } from './process-fault.ts'
import type { SeededRandom } from './seeded-random.ts'

const mostReplicas = 3

export function drawProcessFault(kind: ProcessFaultKind, random: SeededRandom): ProcessFault {
  const lastingMs = Math.round(200 + random.unit() ** 2 * 2_800)
  const replica = random.integer(0, mostReplicas - 1)
  const leftBytes = random.integer(0, 8 * 1024 * 1024)
  switch (kind) {
    case 'kill-server':
      return { kind, downMs: lastingMs, replica }
    case 'pause-server':
      return { kind, pausedMs: lastingMs, replica }
    case 'restart-server':
      return { kind, replica }
    case 'fill-disk':
      return { kind, fullMs: lastingMs, leftBytes }
    case 'read-only-disk':
      return { kind, readOnlyMs: lastingMs }
    case 'restart-database':
      return { kind, downMs: lastingMs }
  }
}
