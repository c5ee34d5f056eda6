import type { Actor, ClientTask, Interruption } from './client-task.ts'
import type { SeededRandom } from './seeded-random.ts'

const MiB = 1024 * 1024

export interface DrawTaskOptions {
  readonly client: number
  readonly random: SeededRandom
  /** The largest image, in MiB. */
  readonly maxSizeMib: number
}

/** Names a client uses: few, so that it overwrites, and so that what it keeps on the server stays bounded. */
const namesPerClient = 2
const sharedNames = 2

export function drawClientTask({ client, random, maxSizeMib }: DrawTaskOptions): ClientTask {
  const actor: Actor = random.chance(0.5) ? 'command' : 'sdk'
  const pick = random.unit()
  const dice = random.unit()
  const content = { sizeBytes: drawSize(random, maxSizeMib), contentSeed: random.integer(1, 2 ** 31) }
  const interruption = random.chance(0.25) ? drawInterruption(random) : undefined
  const place = random.integer(0, namesPerClient - 1)
  if (dice < 0.45) {
    const isShared = random.chance(0.1)
    return {
      kind: 'upload',
      actor,
      name: isShared ? `shared-${random.integer(0, sharedNames - 1)}` : `client-${client}-${place}`,
      isShared,
      ...content,
      source: random.chance(0.25) ? 'stdin' : 'file',
      partSizeMib: random.pick([5, 5, 6, 8, 16]),
      concurrency: random.integer(1, 4),
      interruption,
    }
  }
  if (dice < 0.5) return { kind: 'abandon', name: `client-${client}-abandoned`, ...content }
  if (dice < 0.75) {
    return { kind: 'download', actor, pick, sink: random.chance(0.3) ? 'stdout' : 'file', interruption }
  }
  if (dice < 0.81) return { kind: 'list', actor }
  if (dice < 0.86) return { kind: 'verify', actor, pick }
  if (dice < 0.91) return { kind: 'delete', actor, pick }
  return { kind: dice < 0.96 ? 'revoke' : 'reinstate', actor, pick }
}

/** Mostly small, now and then the largest; of sizes that are no multiple of anything, and of ones that are. */
function drawSize(random: SeededRandom, maxSizeMib: number): number {
  const sizeMib = Math.max(1, Math.round(random.unit() ** 3 * maxSizeMib))
  const odd = random.pick([0, 0, 1, -1, random.integer(1, MiB - 1)])
  return sizeMib * MiB + odd
}

function drawInterruption(random: SeededRandom): Interruption {
  return {
    how: random.pick(['kill', 'kill', 'interrupt', 'pause']),
    afterMs: random.integer(100, 2_000),
    pausedMs: random.integer(200, 2_000),
  }
}
