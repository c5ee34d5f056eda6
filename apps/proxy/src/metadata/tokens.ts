import { prepareQuery } from './prepared-query.ts'
import type { Connection, TokenRow } from './schema.ts'

export async function insertToken(db: Connection, token: TokenRow): Promise<void> {
  await db.insertInto('tokens').values(token).execute()
}

export const findTokenByHash: (db: Connection, hash: string) => Promise<TokenRow | undefined> = prepareQuery(
  (db, hash) => db.selectFrom('tokens').selectAll().where('hash', '=', hash),
)

export async function listTokens(db: Connection): Promise<TokenRow[]> {
  return await db.selectFrom('tokens').selectAll().orderBy('created_at_ms').orderBy('id').execute()
}

export async function listAccountTokens(db: Connection, account: string): Promise<TokenRow[]> {
  return await db
    .selectFrom('tokens')
    .selectAll()
    .where('account', '=', account)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .execute()
}

/** @returns false when the account has no such token; one that is revoked already counts */
export async function revokeAccountToken(
  db: Connection,
  { account, id, nowMs }: { account: string; id: string; nowMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('tokens')
    .set((where) => ({ revoked_at_ms: where.fn.coalesce('revoked_at_ms', where.val(nowMs)) }))
    .where('account', '=', account)
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows === 1n
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

/** Once in an interval, however many replicas see the token used. */
export async function recordTokenUse(
  db: Connection,
  { id, nowMs, intervalMs }: { id: string; nowMs: number; intervalMs: number },
): Promise<void> {
  await db
    .updateTable('tokens')
    .set({ last_used_at_ms: nowMs })
    .where('id', '=', id)
    .where((where) =>
      where.or([where('last_used_at_ms', 'is', null), where('last_used_at_ms', '<=', nowMs - intervalMs)]),
    )
    .execute()
}
