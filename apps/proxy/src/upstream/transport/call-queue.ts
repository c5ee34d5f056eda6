/** Bounds how many calls run at the same time, and how many wait for that. */
export interface CallQueue {
  /** @throws {QueueFullError} */
  run<Result>(call: () => Promise<Result>): Promise<Result>
}

export class QueueFullError extends Error {
  override readonly name = 'QueueFullError'
}

export function createCallQueue({ maxRunning, maxWaiting }: { maxRunning: number; maxWaiting: number }): CallQueue {
  const waiting: (() => void)[] = []
  let runningCount = 0
  return {
    async run(call) {
      if (runningCount >= maxRunning) {
        if (waiting.length >= maxWaiting) throw new QueueFullError('too many calls wait already')
        // Whoever leaves hands over its place, so that nobody slips in between.
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else {
        runningCount++
      }
      try {
        return await call()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else runningCount--
      }
    },
  }
}
