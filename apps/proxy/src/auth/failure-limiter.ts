/** Counts failed authentications by where they come from. */
export interface FailureLimiter {
  /** Notes a failure. @returns seconds to wait when there were too many, or undefined */
  failed(address: string): number | undefined
}

/** A person who mistypes needs a few; a program in a loop has more within a second. */
const maxFailures = 20
const windowMs = 60_000
/** Some 100 bytes each; the idlest is forgotten first. */
const maxAddresses = 10_000

interface Window {
  startedAtMs: number
  count: number
}

/**
 * Limits wrong tokens, not addresses: a caller with a valid token is served whatever its neighbours behind the same
 * address do. Guessing 256 random bits is hopeless in any case; the limit keeps broken clients from filling the log.
 */
export function createFailureLimiter({ now }: { now: () => number }): FailureLimiter {
  const windows = new Map<string, Window>()
  return {
    failed(address) {
      const nowMs = now()
      const known = windows.get(address)
      const window = known && nowMs - known.startedAtMs < windowMs ? known : { startedAtMs: nowMs, count: 0 }
      window.count++
      windows.delete(address)
      windows.set(address, window)
      for (const [idlest] of windows) {
        if (windows.size <= maxAddresses) break
        windows.delete(idlest)
      }
      if (window.count <= maxFailures) return undefined
      return Math.max(1, Math.ceil((window.startedAtMs + windowMs - nowMs) / 1000))
    },
  }
}
