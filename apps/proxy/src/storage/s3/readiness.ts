interface ReadinessOptions {
  readonly check: () => Promise<void>
  /** Milliseconds. */
  readonly now: () => number
}

/** `/readyz` needs no token: however often it is asked, the store is asked once in so long. */
const lifetimeMs = 1000

/** @returns the check, with its outcome shared and kept for a moment */
export function createReadiness({ check, now }: ReadinessOptions): () => Promise<void> {
  let last: { readonly outcome: Promise<void>; readonly startedAtMs: number } | undefined
  return () => {
    if (!last || now() - last.startedAtMs >= lifetimeMs) last = { outcome: check(), startedAtMs: now() }
    return last.outcome
  }
}
