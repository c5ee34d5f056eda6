import { hash, randomBytes } from 'node:crypto'
import type { Role } from '@slipway/core'
import type { Database, TokenRow } from '../metadata/schema.ts'
import { insertToken } from '../metadata/tokens.ts'

export interface NewToken {
  readonly name: string
  readonly role: Role
  readonly account: string
  readonly workspaceId?: string | undefined
  readonly nowMs: number
  /** Undefined: it never expires. */
  readonly expiresAtMs?: number | undefined
}

/** What tokens look like: the prefix and 32 random bytes in base64url. */
export const tokenPattern = /^sk_live_[A-Za-z0-9_-]{43}$/

/** Makes a token. This is the only time that it exists in the clear: the database keeps its hash. */
export async function createToken(db: Database, options: NewToken): Promise<{ token: string; row: TokenRow }> {
  const token = `sk_live_${randomBytes(32).toString('base64url')}`
  const row: TokenRow = {
    id: `token_${randomBytes(9).toString('base64url')}`,
    name: options.name,
    hash: hashToken(token),
    role: options.role,
    account: options.account,
    workspace_id: options.workspaceId ?? null,
    created_at_ms: options.nowMs,
    expires_at_ms: options.expiresAtMs ?? null,
    last_used_at_ms: null,
    revoked_at_ms: null,
  }
  await insertToken(db, row)
  return { token, row }
}

/** A plain hash is enough: 256 random bits cannot be guessed, so there is nothing for a slow hash to slow down. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}
