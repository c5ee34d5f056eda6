import { isPostgres } from './row-locks.ts'
import type { Connection } from './schema.ts'

export async function storedBytesOf(db: Connection, account: string): Promise<number> {
  const row = await db.selectFrom('accounts').select('stored_bytes').where('id', '=', account).executeTakeFirst()
  return row?.stored_bytes ?? 0
}

/** Counts bytes that were added or, when negative, removed. @returns what the account holds now */
export async function addStoredBytes(
  db: Connection,
  { account, sizeBytes }: { account: string; sizeBytes: number },
): Promise<number> {
  const row = await db
    .updateTable('accounts')
    .set((where) => ({ stored_bytes: where('stored_bytes', '+', sizeBytes) }))
    .where('id', '=', account)
    .returning('stored_bytes')
    .executeTakeFirst()
  return row?.stored_bytes ?? 0
}

/** Makes those who change something that the account has one of take turns, until their transactions end. */
export async function lockAccount(db: Connection, account: string): Promise<void> {
  if (!isPostgres(db)) return
  await db.selectFrom('accounts').select('id').where('id', '=', account).forNoKeyUpdate().execute()
}
