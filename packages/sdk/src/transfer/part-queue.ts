/** The parts that wait to be sent, in order. Parts join as they become known or needed, so the end is announced. */
export interface PartQueue {
  take(): number | undefined
  add(partNumber: number): void
  /** The first of those that wait. */
  peek(): number | undefined
  /** No more will be added. */
  close(): void
  readonly isClosed: boolean
  /** Settles at the next `add` or `close`. */
  changed(): Promise<void>
}

export function createPartQueue(partNumbers: Iterable<number> = []): PartQueue {
  const waiting = [...partNumbers].sort((a, b) => a - b)
  let isClosed = false
  let next = Promise.withResolvers<void>()

  function signalChange(): void {
    next.resolve()
    next = Promise.withResolvers<void>()
  }

  return {
    take: () => waiting.shift(),
    peek: () => waiting[0],
    add(partNumber) {
      const followers = waiting.findLastIndex((other) => other < partNumber) + 1
      waiting.splice(followers, 0, partNumber)
      signalChange()
    },
    close() {
      isClosed = true
      signalChange()
    },
    get isClosed() {
      return isClosed
    },
    changed: () => next.promise,
  }
}
