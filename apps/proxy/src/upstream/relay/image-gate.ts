/** Lets any number of parts of an image through at the same time, or its completion alone. */
export interface ImageGate {
  shared<Result>(imageId: string, run: () => Promise<Result>): Promise<Result>
  exclusive<Result>(imageId: string, run: () => Promise<Result>): Promise<Result>
}

interface Gate {
  sharedCount: number
  isExclusive: boolean
  readonly waiting: { readonly isExclusive: boolean; readonly enter: () => void }[]
}

/**
 * A part that lands while its image's digest is computed would make the digest that of other bytes: completion waits for
 * the parts under way, and later parts wait for completion, in the order in which they came.
 */
export function createImageGate(): ImageGate {
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
    const entered = new Promise<void>((resolve) => gate.waiting.push({ isExclusive, enter: resolve }))
    admit(imageId, gate)
    await entered
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
