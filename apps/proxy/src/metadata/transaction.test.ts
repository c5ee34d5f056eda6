import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate } from './migrate.ts'
import { PostgresConnectionError } from './postgres-errors.ts'
import type { Database, Tables } from './schema.ts'
import { createSqliteDialect } from './sqlite.ts'
import { CommitUnknownError, inTransaction } from './transaction.ts'

let db: Database
beforeEach(async () => {
  db = new Kysely<Tables>({ dialect: createSqliteDialect({ path: ':memory:' }) })
  await migrate(db)
})
afterEach(() => db.destroy())

const deadlock = () => Object.assign(new Error('deadlock detected'), { severity: 'ERROR', code: '40P01' })
const accountsOf = async () => (await db.selectFrom('accounts').select('id').execute()).map(({ id }) => id)

describe('a transaction', () => {
  it.each([
    ['a deadlock', deadlock],
    ['a connection that is lost before the commit', () => new PostgresConnectionError('lost')],
  ])('is run again after %s, and leaves nothing of the first time', async (_, errorOf) => {
    let count = 0
    await inTransaction(db, async (transaction) => {
      await transaction
        .insertInto('accounts')
        .values({ id: `attempt-${++count}` })
        .execute()
      if (count < 3) throw errorOf()
    })
    expect(await accountsOf()).toEqual(['attempt-3'])
  })

  it('is not run again for ever, nor after any other error', async () => {
    let count = 0
    const failing = (error: () => Error) =>
      inTransaction(db, async () => {
        count++
        throw error()
      })
    await expect(failing(deadlock)).rejects.toThrow('deadlock')
    expect(count).toBeLessThan(10)
    count = 0
    await expect(failing(() => new Error('a mistake'))).rejects.toThrow('a mistake')
    expect(count).toBe(1)
  })

  it('is not run again when its commit may have worked', async () => {
    let count = 0
    const losing = {
      transaction: () => ({
        execute: async (work: () => Promise<unknown>) => {
          await work()
          throw new PostgresConnectionError('lost')
        },
      }),
    } as unknown as Database
    await expect(inTransaction(losing, async () => void count++)).rejects.toThrow(CommitUnknownError)
    expect(count).toBe(1)
  })
})
