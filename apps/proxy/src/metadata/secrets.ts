import { randomBytes } from 'node:crypto'
import type { Database, SecretRow } from './schema.ts'

export interface Secret {
  /** Travels in URLs as the key id. */
  readonly id: string
  readonly value: Buffer
}

const secretLengthBytes = 32

/** The installation's secrets of a purpose, newest first: the first one signs, all of them verify. Made when there is none. */
export async function ensureSecrets(db: Database, purpose: SecretRow['purpose'], nowMs: number): Promise<Secret[]> {
  return await db.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom('secrets')
      .selectAll()
      .where('purpose', '=', purpose)
      .orderBy('created_at_ms', 'desc')
      .execute()
    if (rows.length > 0) return rows.map(({ id, value }) => ({ id, value: Buffer.from(value, 'base64url') }))
    const secret = { id: randomBytes(6).toString('base64url'), value: randomBytes(secretLengthBytes) }
    const value = secret.value.toString('base64url')
    await transaction.insertInto('secrets').values({ id: secret.id, purpose, value, created_at_ms: nowMs }).execute()
    return [secret]
  })
}
