import type { Exchange } from './exchange.ts'

/** What passes a link, for faults that depend on other requests. */
export interface Traffic {
  /** An exchange is over. */
  notePassed(): void
  /** Resolves when so many more exchanges are over, at the latest after the time. */
  passed(count: number, limitMs: number): Promise<void>
  /** Resolves when the client of the exchange gives up, at the latest after the time. */
  clientLeftOr(exchange: Exchange, limitMs: number): Promise<void>
}

export function createTraffic(): Traffic {
  const waiting = new Set<() => void>()
  return {
    notePassed() {
      for (const tell of waiting) tell()
    },
    passed: (count, limitMs) =>
      new Promise((resolve) => {
        let left = count
        const settle = () => {
          clearTimeout(timer)
          waiting.delete(tell)
          resolve()
        }
        const tell = () => {
          left--
          if (left === 0) settle()
        }
        const timer = setTimeout(settle, limitMs)
        waiting.add(tell)
      }),
    clientLeftOr: ({ request }, limitMs) =>
      new Promise((resolve) => {
        const settle = () => {
          clearTimeout(timer)
          request.socket.off('close', settle)
          resolve()
        }
        const timer = setTimeout(settle, limitMs)
        request.socket.once('close', settle)
      }),
  }
}
