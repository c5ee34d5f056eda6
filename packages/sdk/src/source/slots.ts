/** Which part is in which slot of the spool. */
export interface Slots {
  /** The lowest free slot, as soon as there may be one more in use. */
  take(partNumber: number): Promise<number>
  of(partNumber: number): number
  giveBack(partNumber: number): void
  /** Those who wait are let go. */
  close(): void
}

/** @param limit how many may be in use at once just now */
export function createSlots(limit: () => number): Slots {
  const inUse = new Map<number, number>()
  let isClosed = false
  let changed = Promise.withResolvers<void>()

  function signalChange(): void {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }

  return {
    async take(partNumber) {
      while (inUse.size >= limit() && !isClosed) await changed.promise
      const taken = new Set(inUse.values())
      let slot = 0
      while (taken.has(slot)) slot++
      inUse.set(partNumber, slot)
      return slot
    },
    of(partNumber) {
      const slot = inUse.get(partNumber)
      if (slot === undefined) throw new RangeError(`part ${partNumber} is not spooled`)
      return slot
    },
    giveBack(partNumber) {
      inUse.delete(partNumber)
      signalChange()
    },
    close() {
      isClosed = true
      signalChange()
    },
  }
}
