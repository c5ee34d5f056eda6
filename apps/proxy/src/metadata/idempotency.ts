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

/**
 * Claims the key in the transaction that will answer under it, so that whoever comes with the same key waits for its end.
 * An expired answer makes room.
 * @returns false when there is an answer already
 */
export async function claimIdempotencyKey(
  db: Connection,
  row: Omit<IdempotencyRow, 'answer'>,
  { createdBeforeMs }: { createdBeforeMs: number },
): Promise<boolean> {
  const claim = { ...row, answer: '' }
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('idempotency_keys')
    .values(claim)
    .onConflict((conflict) =>
      conflict
        .columns(['account', 'key'])
        .doUpdateSet(claim)
        .where('idempotency_keys.created_at_ms', '<=', createdBeforeMs),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** In the transaction that claimed the key. */
export async function recordIdempotentAnswer(
  db: Connection,
  { account, key, answer }: Pick<IdempotencyRow, 'account' | 'key' | 'answer'>,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ answer })
    .where('account', '=', account)
    .where('key', '=', key)
    .execute()
}

/** @returns how many were removed */
export async function removeIdempotencyKeys(
  db: Connection,
  { createdBeforeMs, limit }: { createdBeforeMs: number; limit: number },
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_keys')
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('account', 'key'),
        'in',
        selectFrom('idempotency_keys')
          .select(['account', 'key'])
          .where('created_at_ms', '<', createdBeforeMs)
          .limit(limit)
          .$asTuple('account', 'key'),
      ),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
