import { Kysely } from 'kysely'
import { migrate } from './migrate.ts'
import type { Database, Tables } from './schema.ts'
import { createSqliteDialect } from './sqlite.ts'

/** Opens the metadata of an installation, creating or upgrading it as needed. Close it with `destroy()`. */
export async function openDatabase({ path }: { path: string }): Promise<Database> {
  const db = new Kysely<Tables>({ dialect: createSqliteDialect({ path }) })
  try {
    await migrate(db)
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}
