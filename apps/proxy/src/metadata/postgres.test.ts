import { type AddressInfo, createServer } from 'node:net'
import { Kysely, sql } from 'kysely'
import { expect, it } from 'vitest'
import { createPostgresDialect } from './postgres.ts'
import type { Tables } from './schema.ts'

/** A message of PostgreSQL's protocol: its type, its length, what is in it. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}

const authenticationOk = message('R', Buffer.alloc(4))
const readyForQuery = message('Z', Buffer.from('I'))
const shuttingDown = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0'))

it('regression: a server that takes its leave in the breath of its welcome ends no process', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.concat([authenticationOk, readyForQuery, shuttingDown])))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const tls = { mode: 'disable', rootCertPath: undefined } as const
  const location = {
    engine: 'postgres',
    host: '127.0.0.1',
    port,
    user: 'u',
    password: 'p',
    database: 'd',
    tls,
  } as const
  const dialect = createPostgresDialect({
    ...{ location, poolSize: 1, statementTimeoutMs: 1000, applicationName: 'test' },
    onIdleError: () => undefined,
  })
  const db = new Kysely<Tables>({ dialect })
  // An error that nobody listens to would end this run, whatever the query says.
  await expect(sql`select 1`.execute(db)).rejects.toThrow()
  await db.destroy()
  server.close()
})
