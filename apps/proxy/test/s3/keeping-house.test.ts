import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMaintenance } from '../../src/maintenance/maintenance.ts'
import { storedBytesOf } from '../../src/metadata/accounts.ts'
import { parseDatabaseUrl } from '../../src/metadata/database-url.ts'
import { findImageById } from '../../src/metadata/images.ts'
import { openDatabase } from '../../src/metadata/open.ts'
import { objectKeyOf } from '../../src/storage/s3/object-key.ts'
import type { ObjectStore } from '../../src/storage/s3/object-store.ts'
import { createS3ObjectStore } from '../../src/storage/s3/s3-object-store.ts'
import type { S3Location } from '../../src/storage/storage-url.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, complete, createImage, partUrl, putPart, sha256Of, uploadImage } from '../uploading.ts'

const dayMs = 86_400_000
let server: TestServer
let location: S3Location
let store: ObjectStore
beforeEach(async () => {
  server = await startTestServer({ config: { quotaBytes: 10_000 } })
  location = server.deps.config.storageUrl as S3Location
  store = createS3ObjectStore(location)
})
afterEach(async () => {
  store.close()
  await server.stop()
})

const keyOf = (id: string) => objectKeyOf(location, id)
const storedBytes = () => storedBytesOf(server.deps.db, 'local')
async function uploads(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.listUploads(`${location.prefix}/images/`)) keys.push(key)
  return keys
}

describe('the quota on an object store', () => {
  it('counts an image from its completion on, refuses what is beyond it, and loses nothing', async () => {
    const first = await uploadImage(server.api, [bytesOf(6000, 1)])
    expect(await storedBytes()).toBe(6000)
    const second = await createImage(server.api)
    expect((await server.api('POST', `/v2/images/${second}/parts`, { part_id: 1, content_length: 6000 })).status).toBe(
      413,
    )
    await putPart(server.api, second, 1, bytesOf(6000, 2))
    const refused = await complete(server.api, second, sha256Of(bytesOf(6000, 2)))
    expect(refused.body.error.details[0].code).toBe('quota_exceeded')
    await server.api('DELETE', `/v2/images/${first}`)
    server.clock.offsetMs += 8 * dayMs
    await partUrl(server.api, second, 2).catch(() => undefined)
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'purge-images': 1 })
    expect(await storedBytes()).toBe(0)
    expect(await store.sizeOf(keyOf(first))).toBeUndefined()
  })
})

describe('an abandoned upload', () => {
  it('lives on while URLs are asked for, then fails, and its upload is aborted after the grace', async () => {
    const id = await createImage(server.api)
    server.clock.offsetMs += 6 * dayMs
    await partUrl(server.api, id, 1)
    server.clock.offsetMs += 6 * dayMs
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'expire-uploads': 0 })
    server.clock.offsetMs += dayMs + 1
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'expire-uploads': 1 })
    const { body } = await server.api('GET', `/v2/images/${id}`)
    expect(body).toMatchObject({ upload_status: 'failed', failure_reason: expect.stringContaining('upload') })
    expect(await uploads()).toEqual([keyOf(id)])
    server.clock.offsetMs += 7 * dayMs + 1
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'purge-images': 1 })
    expect(await uploads()).toEqual([])
  })
})

describe('two servers on one database', () => {
  it('purge each image once, and take its bytes off the account once', async () => {
    const { deps, dataDir } = server
    const ids = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => uploadImage(server.api, [bytesOf(100, seed)])))
    for (const id of ids) await server.api('DELETE', `/v2/images/${id}`)
    expect(await storedBytes()).toBe(600)
    server.clock.offsetMs += 8 * dayMs
    const database = parseDatabaseUrl(deps.config.databaseUrl)
    const db = await openDatabase(
      database.engine === 'sqlite' ? { path: join(dataDir, 'slipway.db') } : { location: database },
    )
    const other = createMaintenance({ ...deps, db })
    // A third one that lost its lease half way, and does not know it yet.
    const row = await findImageById(db, ids[0] as string)
    const late = { db, now: deps.now, keepGoing: async () => true }
    const [first, second] = await Promise.all([
      deps.maintenance.runOnce(),
      other.runOnce(),
      row && deps.storage.purge(late, row),
    ])
    expect((first['purge-images'] ?? 0) + (second['purge-images'] ?? 0)).toBeGreaterThanOrEqual(5)
    expect(await storedBytes()).toBe(0)
    for (const id of ids) expect(await store.sizeOf(keyOf(id))).toBeUndefined()
    await db.destroy()
  })
})

describe('the sweep', () => {
  it('aborts uploads that no image names once they are old, and nothing else', async () => {
    const live = await createImage(server.api)
    await store.createUpload(keyOf('image_orphan'))
    await store.createUpload(keyOf(live))
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'sweep-storage': 0 })
    expect(await server.deps.maintenance.runOnce()).not.toMatchObject({ 'sweep-storage': 1 })
    // A store's dates are in whole seconds.
    server.clock.offsetMs += 7 * dayMs + 1000
    // The sweep rests for a day between its runs, by the database's clock, which the test cannot set on PostgreSQL.
    await server.deps.db.deleteFrom('leases').execute()
    // The image's own upload waits for its expiry and grace.
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'sweep-storage': 2, 'expire-uploads': 1 })
    expect(await uploads()).toEqual([keyOf(live)])
  })

  it('removes an object that a completion made while its image was purged, and leaves unknown ones', async () => {
    const id = await createImage(server.api)
    await putPart(server.api, id, 1, bytesOf(100))
    await server.api('DELETE', `/v2/images/${id}`)
    await server.deps.db.updateTable('images').set({ purged_at_ms: 1 }).where('id', '=', id).execute()
    for (const key of [keyOf(id), keyOf('image_unknown')]) await putObject(key)
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'sweep-storage': 1 })
    expect(await store.sizeOf(keyOf(id))).toBeUndefined()
    expect(await store.sizeOf(keyOf('image_unknown'))).toBe(100)
    expect((await findImageById(server.deps.db, id))?.purged_at_ms).toBe(1)
  })
})

async function putObject(key: string): Promise<void> {
  const upload = { key, uploadId: await store.createUpload(key) }
  const { url } = await store.presignPart(upload, { partNumber: 1, lengthBytes: 100 })
  await fetch(url, { method: 'PUT', body: Uint8Array.from(bytesOf(100)) })
  await store.completeUpload(upload, (await store.listParts(upload, { afterPartNumber: 0, limit: 1 })).parts)
}
