import { readDataDir } from '../config.ts'
import { prepareDataDirectory } from '../data-directory.ts'
import { ensureInstallation } from '../installation.ts'
import { openDatabase } from '../metadata/open.ts'
import type { Database } from '../metadata/schema.ts'

/** Opens the installation's database for one command. Works beside a running server: SQLite lets both in. */
export async function withDatabase<Result>(
  { dataFlag, env }: { dataFlag: string | undefined; env: NodeJS.ProcessEnv },
  use: (db: Database) => Promise<Result>,
): Promise<Result> {
  const { databasePath } = await prepareDataDirectory(readDataDir({ flag: dataFlag, env }))
  const db = await openDatabase({ path: databasePath })
  try {
    await ensureInstallation(db, { now: Date.now })
    return await use(db)
  } finally {
    await db.destroy()
  }
}
