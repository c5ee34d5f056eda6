import { changedMeanwhile } from '../../api-errors.ts'

/** Lets any number of parts of an image through at the same time, or its completion alone. */
export interface ImageGate {
  shared<Result>(imageId: string, run: () => Promise<Result>): Promise<Result>
  /** @throws {ApiError} changed_meanwhile when parts kept arriving for too long */
  exclusive<Result>(imageId: string, run: () => Promise<Result>): Promise<Result>
}

interface Gate {
  sharedCount: number
  isExclusive: boolean
  readonly waiting: { readonly isExclusive: boolean; readonly enter: () => void }[]
}

/** A part may take hours; whoever completes while it arrives is told so long before. */
const defaultWaitMs = 30_000

/**
 * A part that lands while its image's digest is computed would make the digest that of other bytes: completion waits for
 * the parts under way, and later parts wait for completion, in the order in which they came.
 */
export function createImageGate({ waitMs = defaultWaitMs }: { waitMs?: number } = {}): ImageGate {
  const gates = new Map<string, Gate>()

  const admit = (imageId: string, gate: Gate) => {
    for (let [next] = gate.waiting; next; [next] = gate.waiting) {
      const isBlocked = gate.isExclusive || (next.isExclusive && gate.sharedCount > 0)
      if (isBlocked) return
      gate.waiting.shift()
      if (next.isExclusive) gate.isExclusive = true
      else gate.sharedCount++
      next.enter()
    }
    if (gate.sharedCount === 0 && !gate.isExclusive) gates.delete(imageId)
  }
  const enter = async (imageId: string, isExclusive: boolean) => {
    const gate = gates.get(imageId) ?? { sharedCount: 0, isExclusive: false, waiting: [] }
    gates.set(imageId, gate)
    await new Promise<void>((resolve, reject) => {
      const place = {
        isExclusive,
        enter() {
          clearTimeout(timer)
          resolve()
        },
      }
      const giveUp = () => {
        gate.waiting.splice(gate.waiting.indexOf(place), 1)
        admit(imageId, gate)
        reject(changedMeanwhile())
      }
      const timer = isExclusive ? setTimeout(giveUp, waitMs) : undefined
      gate.waiting.push(place)
      admit(imageId, gate)
    })
    return () => {
      if (isExclusive) gate.isExclusive = false
      else gate.sharedCount--
      admit(imageId, gate)
    }
  }
  const within = async <Result>(imageId: string, isExclusive: boolean, run: () => Promise<Result>) => {
    const leave = await enter(imageId, isExclusive)
    try {
      return await run()
    } finally {
      leave()
    }
  }
  return {
    shared: (imageId, run) => within(imageId, false, run),
    exclusive: (imageId, run) => within(imageId, true, run),
  }
}
