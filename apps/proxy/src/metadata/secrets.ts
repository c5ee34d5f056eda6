import { randomBytes } from 'node:crypto'
import type { Connection, Database, SecretRow } from './schema.ts'

export interface Secret {
  /** Travels in URLs as the key id. */
  readonly id: string
  readonly value: Buffer
}

const secretLengthBytes = 32

/** The installation's secrets of a purpose, newest first: the first one signs, all of them verify. Made when there is none. */
export async function ensureSecrets(db: Database, purpose: SecretRow['purpose'], nowMs: number): Promise<Secret[]> {
  return await db.transaction().execute(async (transaction) => {
    const rows = await listSecretRows(transaction, purpose)
    if (rows.length > 0) return rows.map(({ id, value }) => ({ id, value: Buffer.from(value, 'base64url') }))
    return [await insertSecret(transaction, purpose, nowMs)]
  })
}

/** Makes a new secret that signs from now on. The others go on to verify until they are removed as retired. */
export async function rotateSecret(db: Database, purpose: SecretRow['purpose'], nowMs: number): Promise<Secret> {
  return await db.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('secrets')
      .set({ retired_at_ms: nowMs })
      .where('purpose', '=', purpose)
      .where('retired_at_ms', 'is', null)
      .execute()
    return await insertSecret(transaction, purpose, nowMs)
  })
}

/** Newest first. */
export async function listSecretRows(db: Connection, purpose: SecretRow['purpose']): Promise<SecretRow[]> {
  return await db
    .selectFrom('secrets')
    .selectAll()
    .where('purpose', '=', purpose)
    // Two rotations may fall into one millisecond: what is not retired is the newest.
    .orderBy((where) => where.case().when('retired_at_ms', 'is', null).then(0).else(1).end())
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .execute()
}

/** @returns how many were removed */
export async function removeRetiredSecrets(
  db: Connection,
  { retiredBeforeMs }: { retiredBeforeMs: number },
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('secrets')
    .where('retired_at_ms', '<', retiredBeforeMs)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

async function insertSecret(db: Connection, purpose: SecretRow['purpose'], nowMs: number): Promise<Secret> {
  const secret = { id: randomBytes(6).toString('base64url'), value: randomBytes(secretLengthBytes) }
  const value = secret.value.toString('base64url')
  await db
    .insertInto('secrets')
    .values({ id: secret.id, purpose, value, created_at_ms: nowMs, retired_at_ms: null })
    .execute()
  return secret
}
