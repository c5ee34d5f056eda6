import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

/** An installation's database that the benchmark may fill. */
export interface ScaleDatabase {
  readonly dataDir: string
  /** Undefined: SQLite in the folder. */
  readonly databaseUrl: string | undefined
  run(sql: string): Promise<void>
  remove(): Promise<void>
}

export async function createSqliteDatabase(folder: string): Promise<ScaleDatabase> {
  const dataDir = await mkdtemp(join(folder, 'slipway-scale-'))
  return {
    dataDir,
    databaseUrl: undefined,
    async run(sql) {
      const database = new DatabaseSync(join(dataDir, 'slipway.db'), { timeout: 10_000 })
      database.exec(sql)
      database.close()
    },
    remove: () => rm(dataDir, { recursive: true, force: true }),
  }
}

/** @param serverUrl of a user that may create databases; the benchmark makes one of its own and drops it */
export async function createPostgresDatabase(folder: string, serverUrl: string): Promise<ScaleDatabase> {
  const dataDir = await mkdtemp(join(folder, 'slipway-scale-'))
  const name = `slipway_scale_${randomBytes(6).toString('hex')}`
  await runSql(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = name
  return {
    dataDir,
    databaseUrl: url.href,
    run: (sql) => runSql(url.href, sql),
    async remove() {
      await runSql(serverUrl, `drop database ${name} with (force)`)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
