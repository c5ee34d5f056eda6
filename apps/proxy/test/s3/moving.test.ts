import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseDatabaseUrl } from '../../src/metadata/database-url.ts'
import { openDatabase } from '../../src/metadata/open.ts'
import { listManifest } from '../../src/metadata/parts.ts'
import type { Database } from '../../src/metadata/schema.ts'
import { type MoveResult, moveInstallation } from '../../src/moving/move-installation.ts'
import type { ObjectStore } from '../../src/storage/s3/object-store.ts'
import { createS3ObjectStore } from '../../src/storage/s3/s3-object-store.ts'
import type { S3Location } from '../../src/storage/storage-url.ts'
import { testStorage, testStorageUrl } from '../engines/test-storage.ts'
import { runProxyCommand } from '../spawned-proxy.ts'
import { databaseUrlFor, dropDatabaseFor, onlyOn } from '../test-database.ts'
import { type Api, startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, complete, createImage, downloadUrl, putPart, sha256Of, uploadImage } from '../uploading.ts'

const mib = 1024 * 1024
const minPartBytes = 5 * mib

let targetDir: string
let target: Database
let store: ObjectStore
let location: S3Location
let source: TestServer
const running: TestServer[] = []
beforeEach(async () => {
  targetDir = await mkdtemp(join(tmpdir(), 'slipway-moved-'))
  location = (await testStorage(targetDir)).storageUrl as S3Location
  store = createS3ObjectStore(location)
  const database = parseDatabaseUrl((await databaseUrlFor(targetDir)) ?? 'sqlite:')
  target = await openDatabase(
    database.engine === 'sqlite' ? { path: join(targetDir, 'slipway.db') } : { location: database },
  )
  source = await startTestServer({ config: { databaseUrl: 'sqlite:', storageUrl: { kind: 'files', url: 'file:' } } })
})
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
  await source.stop()
  await target.destroy()
  store.close()
  await dropDatabaseFor(targetDir)
  await rm(targetDir, { recursive: true, force: true })
})

const move = (through: ObjectStore = store): Promise<MoveResult> =>
  moveInstallation({
    source: { db: source.deps.db, blobsPath: join(source.dataDir, 'blobs') },
    target: { db: target, store: through, location },
    now: Date.now,
    onImage: () => undefined,
  })
const startOnTarget = async () => {
  const server = await startTestServer({ dataDir: targetDir })
  running.push(server)
  return server
}
const downloaded = async (api: Api, id: string) =>
  new Uint8Array(await (await fetch(await downloadUrl(api, id))).arrayBuffer())

it('carries tokens, workspaces, images of every status and their bytes to a server that goes on with them', async () => {
  const token = await source.token()
  const api = source.apiOf(token)
  const workspace = (await api('POST', '/v2/workspaces', { name: 'nightly' })).body.id
  const parts = [bytesOf(minPartBytes, 1), bytesOf(minPartBytes + 7, 2), bytesOf(11, 3)]
  const whole = Buffer.concat(parts)
  const completed = await uploadImage(api, parts)
  const inWorkspace = (await api('POST', '/v2/images', { workspace, name: 'small' })).body.id
  await putPart(api, inWorkspace, 1, bytesOf(100, 4))
  await complete(api, inWorkspace, sha256Of(bytesOf(100, 4)))
  const revoked = await uploadImage(api, [bytesOf(200, 5)])
  await api('POST', `/v2/images/${revoked}/revoke`)
  const deleted = await uploadImage(api, [bytesOf(300, 6)])
  await api('DELETE', `/v2/images/${deleted}`)
  const unfinished = await createImage(api, 'half-way')
  await putPart(api, unfinished, 1, parts[0] as Uint8Array)

  expect(await move()).toMatchObject({ imageCount: 5, foundCount: 0, damagedCount: 0 })
  const server = await startOnTarget()
  const moved = server.apiOf(token)
  expect((await moved('GET', `/v2/images/${completed}`)).body).toMatchObject({
    ...(await api('GET', `/v2/images/${completed}`)).body,
    sha256_verified: false,
  })
  expect(Buffer.compare(await downloaded(moved, completed), whole)).toBe(0)
  expect((await moved('GET', '/v2/images/sfc:image:local:nightly:small')).body.id).toBe(inWorkspace)
  expect((await moved('GET', `/v2/images/${revoked}`)).body.upload_status).toBe('revoked')
  expect((await moved('GET', `/v2/images/${deleted}`)).status).toBe(404)
  expect((await moved('GET', `/v2/images/${unfinished}/parts`)).body.data).toMatchObject([
    { part_id: 1, size: minPartBytes },
  ])
  await putPart(moved, unfinished, 2, bytesOf(50, 7))
  const rest = Buffer.concat([parts[0] as Uint8Array, bytesOf(50, 7)])
  expect((await complete(moved, unfinished, sha256Of(rest))).status).toBe(200)
  server.deps.storage.start()
  await expect
    .poll(async () => (await moved('GET', `/v2/images/${completed}`)).body.sha256_verified, { timeout: 20_000 })
    .toBe(true)
})

it('goes on where an earlier run died, at whichever request that was', async () => {
  const parts = [bytesOf(minPartBytes, 1), bytesOf(minPartBytes, 2), bytesOf(9, 3)]
  const ids = [await uploadImage(source.api, parts), await uploadImage(source.api, parts.slice(1))]
  for (let requestCount = 0, isDone = false; !isDone; requestCount++) {
    isDone = await move(dyingAfter(store, requestCount)).then(
      () => true,
      (error) => {
        if (error instanceof StoppedError) return false
        throw error
      },
    )
  }
  expect(await move()).toMatchObject({ imageCount: 2, foundCount: 2, sentBytes: 0 })
  const server = await startOnTarget()
  const api = server.apiOf(await server.token())
  const wholes = [Buffer.concat(parts), Buffer.concat(parts.slice(1))]
  for (const [index, id] of ids.entries()) {
    expect(Buffer.compare(await downloaded(api, id), wholes[index] as Buffer)).toBe(0)
  }
  const uploads: string[] = []
  for await (const { key } of store.listUploads(`${location.prefix}/images/`)) uploads.push(key)
  expect(uploads).toEqual([])
})

it('leaves out an image whose bytes are damaged, and takes it when they are mended', async () => {
  const id = await uploadImage(source.api, [bytesOf(1000, 1)])
  const [part] = await listManifest(source.deps.db, id)
  const path = join(source.dataDir, 'blobs', part?.blob_key ?? '')
  await writeFile(path, bytesOf(1000, 2))
  expect(await move()).toMatchObject({ imageCount: 1, damagedCount: 1 })
  expect(await target.selectFrom('images').selectAll().execute()).toEqual([])
  await writeFile(path, bytesOf(1000, 1))
  expect(await move()).toMatchObject({ imageCount: 1, damagedCount: 0 })
})

onlyOn('postgres', () => {
  it('is one command on the host, which needs the folder to itself and tells what it did', async () => {
    const id = await uploadImage(source.api, [bytesOf(1000, 1)])
    const args = ['migrate-to', '--data', source.dataDir, '--storage-url', await testStorageUrl('commanded')]
    const env = { SLIPWAY_DATABASE_URL: (await databaseUrlFor(targetDir)) ?? '' }
    expect(await runProxyCommand(args, env)).toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: expect.stringContaining('another slipway-proxy is serving'),
    })
    await source.server.stop()
    await source.deps.close()
    const moved = await runProxyCommand(args, env)
    expect(moved).toMatchObject({ code: 0, stderr: '' })
    expect(moved.stdout).toContain(id)
    expect(moved.stdout).toMatch(/1 of 1 images are there \(0 were before\), 1 MiB were sent; and 1 accounts/)
    expect((await runProxyCommand(args, env)).stdout).toContain('1 of 1 images are there (1 were before)')
    for (const wrong of [
      ['migrate-to', '--data', source.dataDir, '--storage-url', 'file:'],
      ['migrate-to', '--data', source.dataDir, '--storage-url', 's3://bucket', '--database-url', 'sqlite:'],
    ]) {
      expect(await runProxyCommand(wrong, env)).toMatchObject({ code: 2, stdout: '' })
    }
  })
})

it('refuses a target that holds another installation', async () => {
  await startOnTarget()
  await expect(move()).rejects.toThrow(/holds another installation/)
})

class StoppedError extends Error {}

/** The process dies with the request of that number: nothing that is asked for after it happens. */
function dyingAfter(store: ObjectStore, count: number): ObjectStore {
  let left = count
  const dying = <Arguments extends unknown[], Result>(run: (...given: Arguments) => Promise<Result>) => {
    return async (...given: Arguments) => {
      if (left-- <= 0) throw new StoppedError()
      const result = await run(...given)
      return result
    }
  }
  return {
    ...store,
    createUpload: dying(store.createUpload),
    listParts: dying(store.listParts),
    putPart: dying(store.putPart),
    completeUpload: dying(store.completeUpload),
    sizeOf: dying(store.sizeOf),
  }
}
