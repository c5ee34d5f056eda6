import type { Connection, IdempotencyRow } from './schema.ts'

export async function findIdempotentAnswer(
  db: Connection,
  { account, key }: Pick<IdempotencyRow, 'account' | 'key'>,
): Promise<IdempotencyRow | undefined> {
  return await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('account', '=', account)
    .where('key', '=', key)
    .executeTakeFirst()
}

/** In the transaction of what it answers; an expired answer under the same key makes room. */
export async function recordIdempotentAnswer(db: Connection, row: IdempotencyRow): Promise<void> {
  await db
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict((conflict) => conflict.columns(['account', 'key']).doUpdateSet(row))
    .execute()
}

/** @returns how many were removed */
export async function removeIdempotencyKeys(
  db: Connection,
  { createdBeforeMs }: { createdBeforeMs: number },
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_keys')
    .where('created_at_ms', '<', createdBeforeMs)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
