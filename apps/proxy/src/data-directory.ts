import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteConditionOf } from './metadata/sqlite-errors.ts'

export interface DataDirectory {
  readonly path: string
  readonly databasePath: string
  readonly blobsPath: string
  readonly lockPath: string
}

/** The data folder cannot be used; the message is one line for the operator. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

/** Makes the data folder when missing. @throws {DataDirectoryError} */
export async function prepareDataDirectory(dataDir: string | undefined): Promise<DataDirectory> {
  if (dataDir === undefined) throw new DataDirectoryError('a data folder is required: name it')
  const directory = dataDirectoryAt(dataDir)
  const { path } = directory
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw new DataDirectoryError(`the data folder ${path} cannot be made: ${reasonOf(error)}`, { cause: error })
  }
  return directory
}

/** What is where in a data folder, whether it is there or not. */
export function dataDirectoryAt(dataDir: string): DataDirectory {
  const path = resolve(dataDir)
  return {
    path,
    databasePath: join(path, 'slipway.db'),
    blobsPath: join(path, 'blobs'),
    lockPath: join(path, 'server.lock'),
  }
}

/**
 * Claims the data folder for one server. The claim is an open SQLite transaction on a file of its own: the operating
 * system drops it when the process ends, however it ends, so that nothing stale is ever left behind.
 * @returns what gives the claim up
 * @throws {DataDirectoryError} when another server holds it, or the folder cannot be written
 */
export function lockDataDirectory({ path, lockPath }: DataDirectory): () => void {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(lockPath, { timeout: 0 })
    database.exec('PRAGMA journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    const message =
      sqliteConditionOf(error) === 'busy'
        ? `another slipway-proxy is serving the data folder ${path}: stop it, or use another folder`
        : `the data folder ${path} cannot be written: ${reasonOf(error)}`
    throw new DataDirectoryError(message, { cause: error })
  }
  const held = database
  return () => held.close()
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
