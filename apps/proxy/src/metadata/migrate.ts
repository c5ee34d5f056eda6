import { Migrator } from 'kysely/migration'
import * as initial from './migrations/0001-initial.ts'
import * as operations from './migrations/0002-operations.ts'
import * as relay from './migrations/0003-relay.ts'
import type { Database } from './schema.ts'

/** Numbered, append-only: a released migration never changes. */
const migrations = { '0001-initial': initial, '0002-operations': operations, '0003-relay': relay }

/** Brings the schema up to date. Safe when several processes start at once: they take turns. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}
