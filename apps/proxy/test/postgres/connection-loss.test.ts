import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { onlyOnFiles } from '../engines/test-storage.ts'
import { createPostgresCluster, type PostgresCluster, withClient } from '../postgres-cluster.ts'
import { databaseUrlFor } from '../test-database.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import {
  bytesOf,
  complete,
  createImage,
  defaultWorkspace,
  downloadUrl,
  partUrl,
  putPart,
  sha256Of,
  uploadImage,
} from '../uploading.ts'
import { type CuttableProxy, startCuttableProxy } from './cuttable-proxy.ts'

describe('a connection that breaks', () => {
  let proxy: CuttableProxy
  let server: TestServer
  beforeEach(async () => {
    const direct = new URL(inject('postgresUrl'))
    proxy = await startCuttableProxy(Number(direct.port))
    const url = new URL((await databaseUrlFor(`wire-${proxy.port}`)) ?? '')
    url.port = String(proxy.port)
    server = await startTestServer({ config: { databaseUrl: url.href, databaseTimeoutMs: 500, databasePoolSize: 4 } })
  })
  afterEach(async () => {
    proxy.mode = 'pass'
    await server.stop()
    await proxy.close()
  })

  onlyOnFiles(() => {
    it('in a commit loses no byte of a part that was committed, and the part is acknowledged', async () => {
      const id = await createImage(server.api)
      const url = await partUrl(server.api, id, 1)
      proxy.mode = 'cut-commit'
      const { status } = await fetch(url, { method: 'PUT', body: Uint8Array.from(bytesOf(1000)) })
      proxy.mode = 'pass'
      expect(status).toBe(200)
      expect(await readdir(join(server.dataDir, 'blobs', id))).toHaveLength(1)
      expect((await complete(server.api, id, sha256Of(bytesOf(1000)))).status).toBe(200)
    })
  })

  it('in the commit of a creation is a 503, after which the same key answers what was made', async () => {
    const body = { workspace: defaultWorkspace, name: 'unsure' }
    const headers = { 'idempotency-key': 'unsure-1' }
    proxy.mode = 'cut-commit'
    const unsure = await server.api('POST', '/v2/images', body, headers)
    proxy.mode = 'pass'
    expect(unsure.status).toBe(503)
    expect(unsure.headers.get('retry-after')).toBeTruthy()
    expect((await server.api('POST', '/v2/images', body, headers)).status).toBe(201)
    expect((await server.api('GET', '/v2/images')).body.data).toHaveLength(1)
  })

  it('by falling silent holds nobody for ever, and is replaced', async () => {
    const id = await createImage(server.api)
    proxy.mode = 'hang'
    const answers = await Promise.all([1, 2, 3].map(() => server.api('GET', `/v2/images/${id}`)))
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
    proxy.mode = 'pass'
    expect((await server.api('GET', `/v2/images/${id}`)).status).toBe(200)
  }, 60_000)

  it('while nobody uses it is replaced without anybody noticing', async () => {
    const id = await createImage(server.api)
    const { db } = server.deps
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(db)
    expect((await server.api('GET', `/v2/images/${id}`)).status).toBe(200)
  })

  it('is not to blame for a statement that takes too long: the server gives up on that one, which is a 503', async () => {
    const id = await createImage(server.api)
    await withClient(server.deps.config.databaseUrl, async (blocker) => {
      await blocker.query('begin')
      await blocker.query('select from images where id = $1 for update', [id])
      expect((await server.api('DELETE', `/v2/images/${id}`)).status).toBe(503)
      await blocker.query('rollback')
    })
    expect((await server.api('DELETE', `/v2/images/${id}`)).status).toBe(200)
  })
})

it('serves many at once over a single connection', async () => {
  const server = await startTestServer({ config: { databasePoolSize: 1 } })
  try {
    const uploads = Array.from({ length: 8 }, (_, index) => uploadImage(server.api, [bytesOf(100, index)]))
    expect(new Set(await Promise.all(uploads)).size).toBe(8)
  } finally {
    await server.stop()
  }
})

describe('a restart of PostgreSQL under load', () => {
  let cluster: PostgresCluster
  let server: TestServer
  beforeEach(async () => {
    const created = await createPostgresCluster()
    if (!created) throw new Error('PostgreSQL is gone since the tests began')
    cluster = created
    server = await startTestServer({ config: { databaseUrl: await cluster.createDatabase('restarted') } })
  })
  afterEach(async () => {
    await server.stop()
    await cluster.destroy()
  })

  it.each(['fast', 'immediate'] as const)(
    '(%s) is answered with success or 503, and loses nothing',
    async (mode) => {
      const statuses = new Map<number, number>()
      const acknowledged: { id: string; sha256: string }[] = []
      const note = <Answer extends { status: number }>(answer: Answer) => {
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        return answer
      }
      let isOver = false
      const upload = async (client: number) => {
        for (let round = 0; !isOver; round++) {
          const bytes = bytesOf(2000, client * 10_000 + round)
          const created = note(await server.api('POST', '/v2/images', { workspace: defaultWorkspace }))
          if (created.status !== 201) continue
          const { id } = created.body
          const issued = note(await server.api('POST', `/v2/images/${id}/parts`, { part_id: 1 }))
          if (issued.status !== 200) continue
          const put = note(await fetch(issued.body.url, { method: 'PUT', body: Uint8Array.from(bytes) }))
          if (put.status !== 200) continue
          const completed = note(await complete(server.api, id, sha256Of(bytes)))
          if (completed.status === 200) acknowledged.push({ id, sha256: sha256Of(bytes) })
        }
      }
      const clients = Array.from({ length: 6 }, (_, client) => upload(client))
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(10)
      await cluster.stop(mode)
      await expect.poll(() => statuses.get(503) ?? 0, { timeout: 20_000 }).toBeGreaterThan(3)
      await cluster.start()
      const before = acknowledged.length
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 10)
      isOver = true
      await Promise.all(clients)
      expect([...statuses.keys()].sort()).toEqual([200, 201, 503])
      for (const { id, sha256 } of acknowledged) {
        expect((await server.api('GET', `/v2/images/${id}`)).body).toMatchObject({ upload_status: 'completed', sha256 })
        const bytes = new Uint8Array(await (await fetch(await downloadUrl(server.api, id))).arrayBuffer())
        expect(sha256Of(bytes)).toBe(sha256)
      }
      // What an object store completed just before the record of it was lost, maintenance records.
      server.clock.offsetMs += 600_000
      await server.deps.maintenance.runOnce()
      // Whatever else was under way is whole or not there, and can be gone on with.
      const { body } = await server.api('GET', '/v2/images?limit=200')
      for (const image of body.data.filter((entry: { upload_status: string }) => entry.upload_status === 'uploading')) {
        expect((await putPart(server.api, image.id, 1, bytesOf(10))).status).toBe(200)
        expect((await complete(server.api, image.id, sha256Of(bytesOf(10)))).status).toBe(200)
      }
    },
    90_000,
  )
})
