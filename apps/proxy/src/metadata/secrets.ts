import { randomBytes } from 'node:crypto'
import type { Connection, Database, SecretRow } from './schema.ts'
import { inTransaction } from './transaction.ts'

export interface Secret {
  /** Travels in URLs as the key id. */
  readonly id: string
  readonly value: Buffer
}

const secretLengthBytes = 32

/**
 * The installation's secrets of a purpose, newest first: the first one signs, all of them verify. Made when there is none;
 * of several who make one at once, all get the same.
 */
export async function ensureSecrets(db: Database, purpose: SecretRow['purpose'], nowMs: number): Promise<Secret[]> {
  const rows = await listSecretRows(db, purpose)
  if (rows.length > 0) return rows.map(toSecret)
  await insertSecret(db, purpose, nowMs)
  return (await listSecretRows(db, purpose)).map(toSecret)
}

/** Two rotations at once collide and take turns. */
const maxRotationAttempts = 5

/** Makes a new secret that signs from now on. The others go on to verify until they are removed as retired. */
export async function rotateSecret(db: Database, purpose: SecretRow['purpose'], nowMs: number): Promise<Secret> {
  for (let attempt = 1; attempt <= maxRotationAttempts; attempt++) {
    const secret = await inTransaction(db, async (transaction) => {
      await transaction
        .updateTable('secrets')
        .set({ retired_at_ms: nowMs })
        .where('purpose', '=', purpose)
        .where('retired_at_ms', 'is', null)
        .execute()
      return await insertSecret(transaction, purpose, nowMs)
    })
    if (secret) return secret
  }
  throw new Error('the keys are being rotated by somebody else: try again')
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

/** @returns undefined when there is one already that is not retired */
async function insertSecret(db: Connection, purpose: SecretRow['purpose'], nowMs: number): Promise<Secret | undefined> {
  const secret = { id: randomBytes(6).toString('base64url'), value: randomBytes(secretLengthBytes) }
  const value = secret.value.toString('base64url')
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('secrets')
    .values({ id: secret.id, purpose, value, created_at_ms: nowMs, retired_at_ms: null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n ? secret : undefined
}

function toSecret({ id, value }: SecretRow): Secret {
  return { id, value: Buffer.from(value, 'base64url') }
}
