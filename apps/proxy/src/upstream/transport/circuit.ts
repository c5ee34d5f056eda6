/** What became of a request, as far as the health of the other side goes. */
export type Outcome = 'healthy' | 'failed'

export interface Circuit {
  /**
   * @returns what to call with the outcome, undefined standing for "tells nothing"
   * @throws {CircuitOpenError} while the other side is left alone
   */
  enter(): (outcome: Outcome | undefined) => void
  /** The other side asked to be left alone for so long. */
  pause(durationMs: number): void
  state(): 'closed' | 'open' | 'half-open'
}

export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError'
  readonly retryAfterMs: number
  /** `asked`: the other side wants a pause; `failing`: it does not answer as it should. */
  readonly reason: 'asked' | 'failing'

  constructor({ retryAfterMs, reason }: { retryAfterMs: number; reason: 'asked' | 'failing' }) {
    super(`left alone for ${retryAfterMs} ms (${reason})`)
    this.retryAfterMs = retryAfterMs
    this.reason = reason
  }
}

export interface CircuitOptions {
  readonly now: () => number
  /** Failures in a row that open it. Default: 5. */
  readonly failureLimit?: number
  /** The first cool-down; each probe that fails doubles it. Default: 2 s. */
  readonly coolDownMs?: number
  readonly onChange?: (state: 'open' | 'closed') => void
}

const defaultCoolDownMs = 2000
const maxCoolDownMs = 60_000

/**
 * Leaves a server alone that keeps failing: after a cool-down one request goes through as a probe, and what becomes of it
 * decides for the others.
 */
export function createCircuit(options: CircuitOptions): Circuit {
  const { now, failureLimit = 5, coolDownMs = defaultCoolDownMs, onChange = () => undefined } = options
  let failuresInRow = 0
  let openUntilMs: number | undefined
  let nextCoolDownMs = coolDownMs
  let isProbing = false
  let pausedUntilMs = 0

  const open = () => {
    if (openUntilMs === undefined) onChange('open')
    openUntilMs = now() + nextCoolDownMs
    nextCoolDownMs = Math.min(nextCoolDownMs * 2, maxCoolDownMs)
  }
  const close = () => {
    if (openUntilMs !== undefined) onChange('closed')
    openUntilMs = undefined
    failuresInRow = 0
    nextCoolDownMs = coolDownMs
  }

  return {
    enter() {
      const pauseMs = pausedUntilMs - now()
      if (pauseMs > 0) throw new CircuitOpenError({ retryAfterMs: pauseMs, reason: 'asked' })
      const isProbe = openUntilMs !== undefined
      if (openUntilMs !== undefined) {
        const leftMs = openUntilMs - now()
        if (leftMs > 0 || isProbing) {
          throw new CircuitOpenError({ retryAfterMs: Math.max(leftMs, 1000), reason: 'failing' })
        }
        isProbing = true
      }
      let isSettled = false
      return (outcome) => {
        if (isSettled) return
        isSettled = true
        if (isProbe) isProbing = false
        if (outcome === 'healthy') close()
        else if (outcome === 'failed') {
          failuresInRow++
          // Requests that were under way when it opened tell nothing new.
          if (isProbe || (openUntilMs === undefined && failuresInRow >= failureLimit)) open()
        }
      }
    },
    pause(durationMs) {
      pausedUntilMs = Math.max(pausedUntilMs, now() + Math.min(durationMs, maxCoolDownMs))
    },
    state() {
      if (openUntilMs === undefined) return 'closed'
      return openUntilMs > now() ? 'open' : 'half-open'
    },
  }
}
