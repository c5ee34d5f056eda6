import type { Connection, TokenRow } from './schema.ts'

export async function insertToken(db: Connection, token: TokenRow): Promise<void> {
  await db.insertInto('tokens').values(token).execute()
}

export async function findTokenByHash(db: Connection, hash: string): Promise<TokenRow | undefined> {
  return await db.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
}

export async function listTokens(db: Connection): Promise<TokenRow[]> {
  return await db.selectFrom('tokens').selectAll().orderBy('created_at_ms').orderBy('id').execute()
}

/** @returns how many tokens of that id or name were valid until now */
export async function revokeTokens(
  db: Connection,
  { nameOrId, nowMs }: { nameOrId: string; nowMs: number },
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('tokens')
    .set({ revoked_at_ms: nowMs })
    .where((where) => where.or([where('id', '=', nameOrId), where('name', '=', nameOrId)]))
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

export async function recordTokenUse(db: Connection, { id, nowMs }: { id: string; nowMs: number }): Promise<void> {
  await db.updateTable('tokens').set({ last_used_at_ms: nowMs }).where('id', '=', id).execute()
}
