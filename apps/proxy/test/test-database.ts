import { createHash } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's URL of the server that the tests use; see `postgres-setup.ts`. */
    postgresUrl: string
  }
}

/** The axis of `SLIPWAY_TEST_DATABASE`: which database the servers of this run have. */
export const testDatabase = process.env.SLIPWAY_TEST_DATABASE === 'postgres' ? 'postgres' : 'sqlite'

/** Tests of what only one of the databases has; a run on the other one does not have them. */
export function onlyOn(database: typeof testDatabase, declare: () => void): void {
  if (testDatabase === database) declare()
}

/** The database that goes with a data folder, made when there is none yet. @returns undefined for the SQLite in the folder */
export async function databaseUrlFor(dataDir: string): Promise<string | undefined> {
  if (testDatabase === 'sqlite') return undefined
  const name = nameOf(dataDir)
  await onServer(async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name}`)
  })
  const url = new URL(inject('postgresUrl'))
  url.pathname = name
  return url.href
}

export async function dropDatabaseFor(dataDir: string): Promise<void> {
  if (testDatabase === 'postgres') {
    await onServer((client) => client.query(`drop database if exists ${nameOf(dataDir)} with (force)`))
  }
}

function nameOf(dataDir: string): string {
  return `test_${createHash('sha256').update(dataDir).digest('hex').slice(0, 24)}`
}

async function onServer(use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(inject('postgresUrl'))
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}
