import type { Token } from '@slipway/sdk'

/** A token as `--json` prints it. */
export function tokenToJson(token: Token) {
  const { id, name, role, workspaceId, createdAt, expiresAt, lastUsedAt, revokedAt } = token
  return {
    id,
    name,
    role,
    workspaceId,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }
}

/** In one word whether it can be used. */
export function tokenStatus({ expiresAt, revokedAt }: Token, nowMs: number): 'active' | 'expired' | 'revoked' {
  if (revokedAt) return 'revoked'
  return expiresAt && expiresAt.getTime() <= nowMs ? 'expired' : 'active'
}
