import { timingSafeEqual } from 'node:crypto'
import type { Database, TokenRow } from '../metadata/schema.ts'
import { findTokenByHash } from '../metadata/tokens.ts'

/** Finds the rows of tokens by their hashes. */
export interface TokenReader {
  /** A row may be as old as `rowLifetimeMs`. */
  find(tokenHash: string): Promise<TokenRow | undefined>
  /** Has the next request read the row anew: it changed. */
  forget(id: string): void
}

/**
 * A client that works makes many requests a second, and reading its token's row for each would be half of what a small
 * request costs. What this process changes holds at once; a token that another process revokes is refused within a second.
 */
const rowLifetimeMs = 1000
/** Some 500 bytes each; the one that was read first is forgotten first. */
const maxRows = 1000

export function createTokenReader({ db, now }: { db: Database; now: () => number }): TokenReader {
  let changeCount = 0
  const known = new Map<string, { readonly row: TokenRow; readonly readAtMs: number }>()
  return {
    async find(tokenHash) {
      const nowMs = now()
      const entry = known.get(tokenHash)
      if (entry && Math.abs(nowMs - entry.readAtMs) < rowLifetimeMs) return entry.row
      known.delete(tokenHash)
      const changeCountBefore = changeCount
      const row = await findTokenByHash(db, tokenHash)
      if (!row || !isSameHash(row.hash, tokenHash)) return undefined
      // A row that was read while a token was revoked may be from before.
      if (changeCount !== changeCountBefore) return row
      known.set(tokenHash, { row, readAtMs: nowMs })
      for (const [oldest] of known) {
        if (known.size <= maxRows) break
        known.delete(oldest)
      }
      return row
    },
    forget(id) {
      changeCount++
      for (const [tokenHash, { row }] of known) if (row.id === id) known.delete(tokenHash)
    },
  }
}

/** The index found the row by the hash of a secret, whose bytes a caller cannot steer; this comparison is constant-time. */
function isSameHash(stored: string, computed: string): boolean {
  return timingSafeEqual(Buffer.from(stored), Buffer.from(computed))
}
