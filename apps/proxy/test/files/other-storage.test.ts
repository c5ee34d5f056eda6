import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigError } from '../../src/config-error.ts'
import { storageLocationSchema } from '../../src/storage/storage-url.ts'
import { startTestServer } from '../test-server.ts'
import { bytesOf, createImage, putPart } from '../uploading.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-other-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const refusalOf = async (config: Parameters<typeof startTestServer>[0]) => {
  const thrown = await startTestServer(config).then(
    async (server) => server.stop(),
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(ConfigError)
  return (thrown as ConfigError).message
}

it('an installation with parts in files does not start on an object store', async () => {
  const server = await startTestServer({ dataDir })
  await putPart(server.api, await createImage(server.api), 1, bytesOf(10))
  await server.stop()
  // Nothing listens there: it is refused before the store is asked.
  const storageUrl = storageLocationSchema.parse('s3://bucket?endpoint=http://127.0.0.1:9')
  expect(await refusalOf({ dataDir, config: { storageUrl } })).toContain('--storage-url must be file:')
})

it('an installation with images in an object store does not start on files', async () => {
  const server = await startTestServer({ dataDir })
  const id = await createImage(server.api)
  await server.deps.db.updateTable('images').set({ upload_id: 'u' }).where('id', '=', id).execute()
  await server.stop()
  expect(await refusalOf({ dataDir })).toContain('--storage-url must name the object store')
})
