import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ServeConfig } from '../../src/config-schema.ts'
import type { ObjectStore } from '../../src/storage/s3/object-store.ts'
import { createS3ObjectStore } from '../../src/storage/s3/s3-object-store.ts'
import { type S3Location, storageLocationSchema } from '../../src/storage/storage-url.ts'
import { entryKeysOf, formatRecord } from '../../src/upstream/cache/shared/entry-record.ts'
import { testStorageUrl } from '../engines/test-storage.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, downloadUrl, sha256Of, uploadImage } from '../uploading.ts'
import { type FrontDoor, startFrontDoor } from '../upstream/front-door.ts'

// Two front doors of one upstream, each with a folder of its own, that share one prefix of the engine.
const mib = 1024 * 1024
const prefix = `shared-${process.pid}-${Date.now()}`
let testCount = 0
let location: S3Location
let store: ObjectStore
let first: FrontDoor
let second: TestServer
let config: Partial<ServeConfig>
beforeEach(async () => {
  location = locationOf(await testStorageUrl(`${prefix}-${testCount++}`))
  store = createS3ObjectStore(location)
  config = { cacheBytes: 64 * mib, cacheUrl: location }
  first = await startFrontDoor(config)
  second = await startSecond()
})
afterEach(async () => {
  await second.stop()
  await first.stop()
  store.close()
})

function locationOf(url: string): S3Location {
  const parsed = storageLocationSchema.parse(url)
  if (parsed.kind !== 's3') throw new Error('not an S3 address')
  return parsed
}
async function startSecond(more: Partial<ServeConfig> = {}): Promise<TestServer> {
  const { upstreamUrl, upstreamToken } = first.server.deps.config
  return await startTestServer({
    config: {
      ...{ upstreamUrl, upstreamToken, upstreamBytes: 'relay', upstreamStorageHosts: ['127.0.0.1'] },
      ...{ upstreamAllowPrivate: true, upstreamTimeoutMs: 2000, ...config, ...more },
    },
  })
}
const keysOf = (image: Buffer) => entryKeysOf(`${location.prefix}/cache/`, sha256Of(image))
const readFrom = async ({ api }: TestServer, id: string, range?: string) => {
  const response = await fetch(await downloadUrl(api, id), range === undefined ? {} : { headers: { range } })
  return sha256Of(new Uint8Array(await response.arrayBuffer()))
}
const isStored = (image: Buffer) => async () => (await store.sizeOf(keysOf(image).record)) !== undefined
const fetchCount = () => first.upstream.store.counts.gets
/** An image that the first one has read and stored. */
async function shareImage(sizeBytes: number, seed = 1): Promise<{ id: string; image: Buffer }> {
  const parts = [bytesOf(6_000_000, seed), bytesOf(sizeBytes - 6_000_000, seed + 100)]
  const image = Buffer.concat(parts)
  const id = await uploadImage(first.server.api, parts)
  expect(await readFrom(first.server, id)).toBe(sha256Of(image))
  await expect.poll(isStored(image), { timeout: 10_000 }).toBe(true)
  return { id, image }
}

it('has one server fetch what the others then read, whole and in ranges, over restarts with empty folders', async () => {
  const { id, image } = await shareImage(21_000_000)
  expect(await readFrom(second, id, 'bytes=17000000-')).toBe(sha256Of(image.subarray(17_000_000)))
  const reads = Array.from({ length: 10 }, () => readFrom(second, id))
  expect(new Set(await Promise.all(reads))).toEqual(new Set([sha256Of(image)]))
  await second.stop()
  second = await startSecond()
  expect(await readFrom(second, id)).toBe(sha256Of(image))
  expect(fetchCount()).toBe(1)
  const { text } = await second.api('GET', '/metrics')
  expect(text).toContain(`slipway_shared_cache_read_bytes_total ${image.length}`)
})

it('gives no damaged byte out, takes the rest from the upstream, and is mended', async () => {
  const { id, image } = await shareImage(20_000_000)
  const { object } = keysOf(image)
  const damaged = Buffer.from(image)
  damaged.writeUInt8(255 - damaged.readUInt8(18_000_000), 18_000_000)
  await store.put(object, damaged)
  expect(await readFrom(second, id)).toBe(sha256Of(image))
  expect(fetchCount()).toBe(2)
  await expect.poll(isStored(image), { timeout: 10_000 }).toBe(true)
  const third = await startSecond()
  try {
    expect(await readFrom(third, id)).toBe(sha256Of(image))
    expect(fetchCount()).toBe(2)
  } finally {
    await third.stop()
  }
})

it('never completes a download with bytes that somebody forged, and the next one is right', async () => {
  const { id, image } = await shareImage(8_000_000)
  const { object, record } = keysOf(image)
  const forged = bytesOf(image.length, 77)
  await store.put(object, forged)
  await store.put(record, formatRecord({ sizeBytes: image.length, partBytes: 16 * mib, crc32: [crc32(forged)] }))
  await expect(readFrom(second, id)).rejects.toThrow()
  expect(await readFrom(second, id)).toBe(sha256Of(image))
  expect(fetchCount()).toBe(2)
})

it('has the upstream asked while the store is away, refuses or says nothing', async () => {
  const { id, image } = await shareImage(7_000_000)
  const silent = createServer(() => undefined)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const addresses = ['http://127.0.0.1:9', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`]
  for (const [index, address] of addresses.entries()) {
    const other = await startSecond({ cacheUrl: locationOf(`s3://bucket/p?endpoint=${address}`) })
    try {
      expect(await readFrom(other, id)).toBe(sha256Of(image))
      expect(fetchCount()).toBe(2 + index)
    } finally {
      await other.stop()
    }
  }
  silent.closeAllConnections()
  await new Promise((resolve) => silent.close(resolve))
})

it('holds no more than it may, and serves what it let go of from the upstream', async () => {
  await second.stop()
  second = await startSecond({ cacheUrlBytes: 15_000_000 })
  const { id, image } = await shareImage(8_000_000, 1)
  const other = await shareImage(8_000_000, 2)
  expect(await readFrom(second, other.id)).toBe(sha256Of(other.image))
  const third = await startSecond({ cacheUrlBytes: 15_000_000 })
  try {
    await expect.poll(isStored(image)).toBe(false)
    expect(await isStored(other.image)()).toBe(true)
    expect(await readFrom(third, id)).toBe(sha256Of(image))
    expect(fetchCount()).toBe(3)
  } finally {
    await third.stop()
  }
})

it('takes up from a folder that was emptied while it served', async () => {
  const { id, image } = await shareImage(7_000_000)
  await rm(join(first.server.dataDir, 'cache', `${sha256Of(image)}.img`))
  expect(await readFrom(first.server, id)).toBe(sha256Of(image))
  expect(fetchCount()).toBe(1)
})
