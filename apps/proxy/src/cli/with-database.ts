import { readDatabaseConfig } from '../config.ts'
import { prepareDataDirectory } from '../data-directory.ts'
import { ensureInstallation } from '../installation.ts'
import { parseDatabaseUrl } from '../metadata/database-url.ts'
import { openDatabase } from '../metadata/open.ts'
import type { Database } from '../metadata/schema.ts'
import { type DatabaseFlags, databaseFlagsOf } from './database-flags.ts'
import { existingDirectoryAt } from './existing-directory.ts'

interface WithDatabaseOptions {
  readonly args: DatabaseFlags
  readonly env: NodeJS.ProcessEnv
  /** Begins an installation where there is none. Default: that is refused, since the folder is more likely mistyped. */
  readonly mayBegin?: boolean
}

/** Opens the installation's database for one command. Works beside running servers: both databases let many in. */
export async function withDatabase<Result>(
  { args, env, mayBegin = false }: WithDatabaseOptions,
  use: (db: Database) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, databaseTimeoutMs, dataDir } = readDatabaseConfig({ flags: databaseFlagsOf(args), env })
  const location = parseDatabaseUrl(databaseUrl)
  const isGiven = dataDir !== undefined && !mayBegin
  const findDirectory = () => (isGiven ? existingDirectoryAt(dataDir) : prepareDataDirectory(dataDir))
  const db = await openDatabase(
    location.engine === 'sqlite'
      ? { path: (await findDirectory()).databasePath }
      : { location, poolSize: 1, statementTimeoutMs: databaseTimeoutMs },
  )
  try {
    await ensureInstallation(db, { now: Date.now })
    return await use(db)
  } finally {
    await db.destroy()
  }
}
