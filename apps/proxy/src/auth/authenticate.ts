import type { Socket } from 'node:net'
import { type Role, roles } from '@slipway/core'
import type { Logger } from 'pino'
import { ApiError } from '../api-error.ts'
import { insufficientRole } from '../api-errors.ts'
import type { Database } from '../metadata/schema.ts'
import { recordTokenUse } from '../metadata/tokens.ts'
import { createFailureLimiter } from './failure-limiter.ts'
import { hashPresentedToken } from './presented-token.ts'
import type { TokenReader } from './token-reader.ts'

/** Who asks, as far as any operation needs to know. */
export interface Caller {
  readonly tokenId: string
  readonly tokenName: string
  readonly account: string
  readonly role: Role
  /** The only workspace that the token sees, or undefined when it sees all of its account. */
  readonly workspaceId: string | undefined
}

/** @param connection the socket itself: what it said last is kept by its identity, and failures are counted by its address */
export type Authenticate = (
  authorization: string | undefined,
  connection: Pick<Socket, 'remoteAddress'>,
) => Promise<Caller>

/** Every use would be a write to disk; to the minute is what a person asking "is this still in use?" needs. */
const useRecordIntervalMs = 60_000

export interface AuthenticateOptions {
  readonly db: Database
  readonly tokens: TokenReader
  readonly now: () => number
  readonly log: Pick<Logger, 'warn'>
}

export function createAuthenticate({ db, tokens, now, log }: AuthenticateOptions): Authenticate {
  const failures = createFailureLimiter({ now })
  return async (authorization, connection) => {
    if (authorization === undefined || authorization.trim() === '') {
      throw unauthenticated('missing_token', 'this needs a token: send the header Authorization: Bearer <token>')
    }
    // Now, since a connection that is closed meanwhile has none.
    const { remoteAddress: address = '' } = connection
    const hash = hashPresentedToken(authorization, connection)
    const row = hash === undefined ? undefined : await tokens.find(hash)
    if (!row || row.revoked_at_ms !== null) {
      const retryAfterSeconds = failures.failed(address)
      if (retryAfterSeconds !== undefined) throw tooManyFailures(retryAfterSeconds)
      throw unauthenticated('invalid_token', 'the token is not valid: check it, or make another one')
    }
    const nowMs = now()
    if (row.expires_at_ms !== null && row.expires_at_ms <= nowMs) {
      throw unauthenticated('expired_token', 'the token has expired: make another one')
    }
    if (row.last_used_at_ms === null || row.last_used_at_ms <= nowMs - useRecordIntervalMs) {
      await recordTokenUse(db, { id: row.id, nowMs, intervalMs: useRecordIntervalMs }).catch((error) => {
        // Reading must go on when a full disk takes no writes.
        log.warn({ err: error, tokenId: row.id }, 'the use of a token could not be recorded')
      })
      tokens.forget(row.id)
    }
    return {
      tokenId: row.id,
      tokenName: row.name,
      account: row.account,
      role: row.role as Role,
      workspaceId: row.workspace_id ?? undefined,
    }
  }
}

/** Each role includes the ones before it. */
export function assertRole({ role }: Caller, needed: Role): void {
  if (roles.indexOf(role) < roles.indexOf(needed)) throw insufficientRole({ needed, held: role })
}

function unauthenticated(code: 'missing_token' | 'invalid_token' | 'expired_token', message: string): ApiError {
  return new ApiError({ code, message, headers: { 'www-authenticate': 'Bearer' } })
}

function tooManyFailures(retryAfterSeconds: number): ApiError {
  return new ApiError({
    code: 'too_many_requests',
    message: `too many wrong tokens came from your address: check the token, then try again in ${retryAfterSeconds} s`,
    headers: { 'retry-after': String(retryAfterSeconds) },
  })
}
