import { listSecretRows, rotateSecret } from '../metadata/secrets.ts'
import type { CommandContext } from './command.ts'
import { auditOnHost } from './host-audit.ts'
import { withDatabase } from './with-database.ts'

type Args = Readonly<Record<string, unknown>>

/** A running server signs with the new key within seconds; URLs that were given out before go on until they expire. */
export async function keysRotate(args: Args, { env, stdout }: CommandContext): Promise<void> {
  const { id } = await withDatabase({ args, env }, async (db) => {
    const secret = await rotateSecret(db, 'url-signing', Date.now())
    await auditOnHost(db, { action: 'rotateKey', target: secret.id })
    return secret
  })
  stdout.write(`URLs are signed with the key ${id} from now on. Those in flight stay valid until they expire.\n`)
}

/** Ids and ages, never the keys. */
export async function keysList(args: Args, { env, stdout }: CommandContext): Promise<void> {
  const rows = await withDatabase({ args, env }, (db) => listSecretRows(db, 'url-signing'))
  const keys = rows.map(({ id, created_at_ms, retired_at_ms }) => ({
    id,
    state: retired_at_ms === null ? 'signing' : 'verifying',
    created_at: new Date(created_at_ms).toISOString(),
    retired_at: retired_at_ms === null ? null : new Date(retired_at_ms).toISOString(),
  }))
  if (args.json) {
    stdout.write(`${JSON.stringify(keys)}\n`)
    return
  }
  for (const { id, state, created_at, retired_at } of keys) {
    stdout.write(`${id}  ${state}  created ${created_at}${retired_at ? `, retired ${retired_at}` : ''}\n`)
  }
}
