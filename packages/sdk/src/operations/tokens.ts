import type { OperationBody, WireToken } from '@slipway/core'
import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'
import { createPagedList, type PagedList } from '../paged-list.ts'

/** A token as lists show it: the secret itself is stored nowhere. */
export interface Token {
  /** Such as `token_k3R-nX9vLm7Q`; not the secret. */
  readonly id: string
  readonly name: string
  readonly role: 'reader' | 'uploader' | 'admin'
  /** The only workspace that it sees, or null. */
  readonly workspaceId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date | null
  /** To the minute. */
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

export interface CreatedToken extends Token {
  /** The secret, `sk_live_…`: the server shows it this once. */
  readonly token: string
}

export interface CreateTokenOptions extends RequestOptions {
  /** What it is for. */
  readonly name: string
  readonly role: Token['role']
  /** A workspace id or resource path: the only one that it will see. Default: all of the account's. */
  readonly workspace?: string | undefined
  /** Days until it expires, 1 to 36 500. Default: the server's, which is 90. */
  readonly expiresInDays?: number | undefined
}

/** Lists the account's tokens. Slipway's addition; needs an admin's token. */
export function listTokens(transport: Transport, { signal }: RequestOptions = {}): PagedList<Token> {
  return createPagedList(async () => {
    const page = await callOperation(transport, 'listTokens', { signal })
    return { items: page.data.map(tokenFromWire), hasMore: false, cursor: null }
  })
}

/** Makes a token. Not repeated when its answer is lost: the secret would be lost with it. Needs an admin's token. */
export async function createToken(
  transport: Transport,
  { name, role, workspace, expiresInDays, signal }: CreateTokenOptions,
): Promise<CreatedToken> {
  // What is left out gets the server's default, which the type of a parsed body cannot say.
  const body = { name, role, workspace, expires_in_days: expiresInDays } as OperationBody<'createToken'>
  const wire = await callOperation(transport, 'createToken', { body, signal })
  return { ...tokenFromWire(wire), token: wire.token }
}

/** Makes a token useless at once. Needs an admin's token. */
export async function revokeToken(transport: Transport, id: string, { signal }: RequestOptions = {}): Promise<void> {
  await callOperation(transport, 'revokeToken', { params: { token: id }, signal })
}

function tokenFromWire(wire: WireToken): Token {
  return {
    id: wire.id,
    name: wire.name,
    role: wire.role,
    workspaceId: wire.workspace_id,
    createdAt: new Date(wire.created_at * 1000),
    expiresAt: dateFromWire(wire.expires_at),
    lastUsedAt: dateFromWire(wire.last_used_at),
    revokedAt: dateFromWire(wire.revoked_at),
  }
}

function dateFromWire(seconds: number | null): Date | null {
  return seconds === null ? null : new Date(seconds * 1000)
}
