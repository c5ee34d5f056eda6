import type { Database, SecretRow } from '../metadata/schema.ts'

/** The target cannot take this installation; the message is one line for the operator. */
export class TargetTakenError extends Error {
  override readonly name = 'TargetTakenError'
}

/**
 * Gives the target the installation's secrets, by which a later run knows its own work again, and nothing else's.
 * @throws {TargetTakenError} when the target holds another installation
 */
export async function claimTarget({ source, target }: { source: Database; target: Database }): Promise<void> {
  const secrets = await source.selectFrom('secrets').selectAll().execute()
  await target.transaction().execute(async (transaction) => {
    const found = await transaction.selectFrom('secrets').selectAll().execute()
    if (found.length > 0) {
      if (secrets.some((secret) => isSame(secret, found))) return
      throw taken()
    }
    const token = await transaction.selectFrom('tokens').select('id').limit(1).executeTakeFirst()
    const image = await transaction.selectFrom('images').select('id').limit(1).executeTakeFirst()
    if (token || image) throw taken()
    await transaction.insertInto('secrets').values(secrets).execute()
  })
}

function isSame({ id, value, purpose }: SecretRow, found: readonly SecretRow[]): boolean {
  return purpose === 'cursor' && found.some((row) => row.id === id && row.value === value)
}

function taken(): TargetTakenError {
  return new TargetTakenError(
    'the target database holds another installation: name an empty database, one that no server was started on',
  )
}
