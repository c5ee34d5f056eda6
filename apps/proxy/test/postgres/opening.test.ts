import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type PostgresLocation, parseDatabaseUrl } from '../../src/metadata/database-url.ts'
import { migrate, migrations } from '../../src/metadata/migrate.ts'
import { openDatabase } from '../../src/metadata/open.ts'
import type { Database } from '../../src/metadata/schema.ts'
import { runProxyCommand } from '../spawned-proxy.ts'
import { databaseUrlFor } from '../test-database.ts'
import { startTestServer } from '../test-server.ts'
import { bytesOf, uploadImage } from '../uploading.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-opening-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function locate(name: string): Promise<PostgresLocation> {
  const location = parseDatabaseUrl((await databaseUrlFor(name)) ?? '')
  if (location.engine !== 'postgres') throw new Error('these tests are for PostgreSQL')
  return location
}

const open = async (name: string) => await openDatabase({ location: await locate(name) })

async function tablesOf(db: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' order by 1`.execute(db)
  return rows.map(({ name }) => name)
}

describe('the schema', () => {
  it('is made once by six replicas that start together', async () => {
    const location = await locate(`${folder}/six`)
    const dbs = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ location })))
    const { rows } = await sql`select name from kysely_migration order by name`.execute(dbs[0] as Database)
    expect(rows.map((row) => (row as { name: string }).name)).toEqual(Object.keys(migrations))
    for (const db of dbs) await db.destroy()
  })

  it('is as it was when a migration fails half way', async () => {
    const db = await open(`${folder}/half`)
    const before = await tablesOf(db)
    const failing = {
      up: async (transaction: Kysely<unknown>) => {
        await transaction.schema.createTable('half').addColumn('id', 'text').execute()
        throw new Error('half way')
      },
    }
    await expect(migrate(db, { ...migrations, '0099-expand-half': failing })).rejects.toThrow('half way')
    expect(await tablesOf(db)).toEqual(before)
    await db.destroy()
  })

  it('of a newer version is served and started on when all that it adds is compatible', async () => {
    const name = `${folder}/newer`
    const newer = await open(name)
    const older = await startTestServer({ config: { databaseUrl: (await databaseUrlFor(name)) ?? '' } })
    const expand = {
      up: async (transaction: Kysely<unknown>) => {
        await transaction.schema.alterTable('images').addColumn('region', 'text').execute()
        await transaction.schema
          .alterTable('parts')
          .addColumn('tier', 'integer', (col) => col.defaultTo(1))
          .execute()
      },
    }
    await uploadImage(older.api, [bytesOf(100)])
    await migrate(newer, { ...migrations, '0099-expand-regions': expand })
    // Running all the while, and started afterwards.
    await uploadImage(older.api, [bytesOf(100)])
    await older.stop()
    const again = await startTestServer({ config: { databaseUrl: (await databaseUrlFor(name)) ?? '' } })
    await uploadImage(again.api, [bytesOf(100)])
    expect((await again.api('GET', '/v2/images')).body.data).toHaveLength(3)
    await again.stop()
    await newer.destroy()
  })

  it('of a newer version is refused in words when it is not compatible', async () => {
    const db = await open(`${folder}/contract`)
    await migrate(db, { ...migrations, '0100-contract-names': { up: async () => undefined } })
    await expect(migrate(db)).rejects.toThrow(/upgraded by a newer slipway-proxy \(0100-contract-names\)/)
    await db.destroy()
  })

  it('orders names and ids by their bytes, as SQLite does, whatever the database would', async () => {
    const db = await open(`${folder}/order`)
    const { rows } = await sql`select 'a' < 'B' as is_linguistic`.execute(db)
    const names = ['b', 'A', '_', 'a', 'B', '-', '0']
    await db
      .insertInto('accounts')
      .values(names.map((id) => ({ id })))
      .execute()
    const accounts = await db.selectFrom('accounts').select('id').orderBy('id').execute()
    expect(accounts.map(({ id }) => id)).toEqual([...names].sort())
    expect(rows).toHaveLength(1)
    await db.destroy()
  })

  it('compares every text column that way', async () => {
    const db = await open(`${folder}/collations`)
    const { rows } = await sql`select table_name, column_name from information_schema.columns
      where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C'`.execute(db)
    expect(rows).toEqual([])
    await db.destroy()
  })
})

describe('a database that cannot be used', () => {
  const at = (changes: Partial<Pick<URL, 'port' | 'hostname' | 'search'>>) =>
    Object.assign(new URL(inject('postgresUrl')), { password: 'planted-secret', ...changes }).href
  it.each([
    ['has another password', () => at({}), 1, /refuses the user or the password/],
    ['is not running', () => at({ port: '1' }), 1, /cannot be used: .*ECONNREFUSED/],
    ['has a host that nobody knows', () => at({ hostname: 'none.invalid' }), 1, /cannot be found/],
    ['wants TLS where there is none', () => at({ search: '?sslmode=require' }), 1, /SSL/],
    ['has a parameter too many', () => at({ search: '?sslmod=x' }), 2, /has a parameter that/],
    ['has another scheme', () => 'mysql://planted-secret@host/x', 2, /must be sqlite: or a URL/],
    ['is no URL', () => 'planted-secret', 2, /must be sqlite: or a URL/],
  ])('since it %s is refused in one line', async (_, urlOf, code, message) => {
    const result = await runProxyCommand(['token', 'list', '--database-url', urlOf()])
    expect(result.code).toBe(code)
    expect(result.stderr).toMatch(message)
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(result.stderr + result.stdout).not.toContain('planted-secret')
  })

  it('since it does not exist is refused in one line', async () => {
    const url = new URL(inject('postgresUrl'))
    url.pathname = 'nowhere'
    const args = ['serve', '--data', folder, '--port', '0', '--log-level', 'silent']
    const { code, stderr } = await runProxyCommand(args, { SLIPWAY_DATABASE_URL: url.href })
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/there is no database nowhere/) })
  })
})

it('needs no folder for tokens and keys, and shows no password', async () => {
  const env = { SLIPWAY_DATABASE_URL: await databaseUrlFor(`${folder}/commands`), SLIPWAY_DATA_DIR: undefined }
  const created = await runProxyCommand(['token', 'create', '--name', 'a', '--role', 'reader', '--quiet'], env)
  expect(created).toMatchObject({ code: 0, stderr: '' })
  const listed = await runProxyCommand(['token', 'list', '--json'], env)
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'a', state: 'valid' }])
  expect(await runProxyCommand(['token', 'revoke', 'a'], env)).toMatchObject({ code: 0 })
  expect(await runProxyCommand(['keys', 'rotate'], env)).toMatchObject({ code: 0 })
  const keys = await runProxyCommand(['keys', 'list', '--json'], env)
  expect(JSON.parse(keys.stdout)).toHaveLength(1)
  const checked = await runProxyCommand(['config', 'check', '--data', 'x'], env)
  const { password } = new URL(env.SLIPWAY_DATABASE_URL ?? '')
  expect(checked.stdout).toContain(':[redacted]@')
  expect(checked.stdout).not.toContain(password)
})
