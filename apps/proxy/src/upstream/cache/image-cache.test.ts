import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFilesystemCacheStore } from './filesystem-cache-store.ts'
import { type CacheReader, createImageCache, type ImageCache, type WantedImage } from './image-cache.ts'

const mib = 1024 * 1024
let directory: string
let nowMs: number
const open: ImageCache[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-cache-'))
  nowMs = 1_700_000_000_000
})
afterEach(async () => {
  for (const cache of open.splice(0)) await cache.close()
  await rm(directory, { recursive: true, force: true })
})

async function createCache(capacityBytes: number): Promise<ImageCache> {
  const log = { info: () => undefined, warn: () => undefined }
  const store = await createFilesystemCacheStore({ directory })
  const cache = await createImageCache({ store, capacityBytes, now: () => nowMs++, log: log as never })
  open.push(cache)
  return cache
}

interface Upstream extends WantedImage {
  readonly bytes: Buffer
  readonly fetches: { start: number; end: number }[]
  /** How many bytes the upstream gives before it waits, or fails. */
  limitBytes: number
  failure: Error | undefined
  wake: () => void
}

function createUpstream(sizeBytes: number, sent?: Buffer): Upstream {
  const bytes = randomBytes(sizeBytes)
  const upstream: Upstream = {
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes,
    fetches: [],
    limitBytes: Number.POSITIVE_INFINITY,
    failure: undefined,
    wake: () => undefined,
    async fetch({ start, end }, onChunk, signal) {
      upstream.fetches.push({ start, end })
      for (let position = start; position < end; ) {
        signal.throwIfAborted()
        if (position >= upstream.limitBytes) {
          if (upstream.failure) throw upstream.failure
          await new Promise<void>((resolve, reject) => {
            upstream.wake = resolve
            signal.addEventListener('abort', () => reject(signal.reason))
          })
          continue
        }
        const to = Math.min(position + 64 * 1024, end, upstream.limitBytes)
        await onChunk((sent ?? bytes).subarray(position, to))
        position = to
      }
    },
  }
  return upstream
}

async function readAll(reader: CacheReader | undefined, { start = 0, end = 0 }): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let position = start; position < end; ) {
    await reader?.visible(position)
    const buffer = Buffer.alloc(Math.min(100_000, end - position))
    const length = (await reader?.read(buffer, position)) ?? 0
    chunks.push(buffer.subarray(0, length))
    position += length
  }
  return Buffer.concat(chunks)
}

const readWhole = async (cache: ImageCache, upstream: Upstream) => {
  const reader = await cache.open(upstream)
  try {
    return await readAll(reader, { end: upstream.sizeBytes })
  } finally {
    await reader?.close()
  }
}

describe('a fill', () => {
  it('is one for any number of readers, who follow it as it grows', async () => {
    const cache = await createCache(100 * mib)
    const upstream = createUpstream(5 * mib + 7)
    upstream.limitBytes = 3 * mib
    const readers = await Promise.all(Array.from({ length: 20 }, () => cache.open(upstream)))
    const begun = await readAll(readers[0], { end: 2 * mib })
    expect(begun.equals(upstream.bytes.subarray(0, 2 * mib))).toBe(true)
    const wholes = readers.map((reader) => readAll(reader, { end: upstream.sizeBytes }))
    upstream.limitBytes = Number.POSITIVE_INFINITY
    upstream.wake()
    for (const whole of await Promise.all(wholes)) expect(whole.equals(upstream.bytes)).toBe(true)
    for (const reader of readers) await reader?.close()
    expect(upstream.fetches).toHaveLength(1)
    expect(cache.usage()).toEqual({ reservedBytes: upstream.sizeBytes, readerCount: 0, fillCount: 0 })
    expect((await readWhole(cache, upstream)).equals(upstream.bytes)).toBe(true)
    expect(upstream.fetches).toHaveLength(1)
  })

  it('holds the last byte back until the digest is known, and never gives it when that is wrong', async () => {
    const cache = await createCache(100 * mib)
    const size = 2 * mib
    const upstream = createUpstream(size, randomBytes(size))
    upstream.limitBytes = size - 1
    const reader = await cache.open(upstream)
    await readAll(reader, { end: mib })
    upstream.limitBytes = size
    upstream.wake()
    await expect(readAll(reader, { start: mib, end: size })).rejects.toThrow('the upstream sent bytes with the digest')
    await reader?.close()
    await expect(cache.open(upstream)).rejects.toThrow('do not have the digest')
    expect(cache.has(upstream.sha256)).toBe(false)
    expect(upstream.fetches).toHaveLength(1)
    nowMs += 60_000
    const again = await cache.open(upstream)
    await again?.visible(0)
    await again?.close()
    expect(upstream.fetches).toHaveLength(2)
  })

  it('that broke goes on where it broke, its readers are told, and nothing is fetched twice', async () => {
    const cache = await createCache(100 * mib)
    const upstream = createUpstream(4 * mib)
    Object.assign(upstream, { limitBytes: 3 * mib, failure: new Error('the upstream went away') })
    const reader = await cache.open(upstream)
    await expect(readAll(reader, { end: upstream.sizeBytes })).rejects.toThrow('the upstream went away')
    Object.assign(upstream, { limitBytes: Number.POSITIVE_INFINITY, failure: undefined })
    expect((await readWhole(cache, upstream)).equals(upstream.bytes)).toBe(true)
    await reader?.close()
    expect(upstream.fetches).toEqual([
      { start: 0, end: 4 * mib },
      { start: 3 * mib, end: 4 * mib },
    ])
  })

  it('that an earlier process left is gone on with, after a look at what it left', async () => {
    const upstream = createUpstream(4 * mib)
    await writeFile(join(directory, `${upstream.sha256}.part`), upstream.bytes.subarray(0, mib))
    const cache = await createCache(100 * mib)
    expect(cache.usage().reservedBytes).toBe(mib)
    expect((await readWhole(cache, upstream)).equals(upstream.bytes)).toBe(true)
    expect(upstream.fetches).toEqual([{ start: mib, end: 4 * mib }])
  })

  it('that an earlier process left with wrong bytes is never served whole, and begun anew', async () => {
    const upstream = createUpstream(4 * mib)
    await writeFile(join(directory, `${upstream.sha256}.part`), randomBytes(mib))
    const cache = await createCache(100 * mib)
    await expect(readWhole(cache, upstream)).rejects.toThrow('digest')
    nowMs += 60_000
    expect((await readWhole(cache, upstream)).equals(upstream.bytes)).toBe(true)
    expect(upstream.fetches.at(-1)).toEqual({ start: 0, end: 4 * mib })
  })

  it('is stopped when the cache closes', async () => {
    const cache = await createCache(100 * mib)
    const upstream = createUpstream(4 * mib)
    upstream.limitBytes = mib
    const reader = await cache.open(upstream)
    await reader?.visible(0)
    await cache.close()
    await expect(reader?.visible(3 * mib)).rejects.toThrow('stopped')
  })
})

it('fetches anew what somebody removed or cut in its folder', async () => {
  const upstream = createUpstream(2 * mib)
  const cache = await createCache(100 * mib)
  await readWhole(cache, upstream)
  await rm(join(directory, `${upstream.sha256}.img`))
  expect((await readWhole(cache, upstream)).equals(upstream.bytes)).toBe(true)
  await cache.close()
  await truncate(join(directory, `${upstream.sha256}.img`), mib)
  const restarted = await createCache(100 * mib)
  expect((await readWhole(restarted, upstream)).equals(upstream.bytes)).toBe(true)
  expect(upstream.fetches).toHaveLength(3)
})

describe('the room', () => {
  it('is made by what was used longest ago, and kept over restarts', async () => {
    const cache = await createCache(5 * mib)
    const [a, b, c] = [createUpstream(2 * mib), createUpstream(2 * mib), createUpstream(2 * mib)]
    await readWhole(cache, a)
    await readWhole(cache, b)
    await readWhole(cache, a)
    await readWhole(cache, c)
    expect([a, b, c].map(({ sha256 }) => cache.has(sha256))).toEqual([true, false, true])
    await cache.close()
    const restarted = await createCache(5 * mib)
    expect([a, b, c].map(({ sha256 }) => restarted.has(sha256))).toEqual([true, false, true])
    nowMs += 1000
    await readWhole(restarted, b)
    expect([a, b, c].map(({ sha256 }) => restarted.has(sha256))).toEqual([false, true, true])
    expect(await readdir(directory)).toHaveLength(2)
  })

  it('is never made by what is read or filled', async () => {
    const cache = await createCache(4 * mib)
    const [a, b, c] = [createUpstream(2 * mib), createUpstream(2 * mib), createUpstream(2 * mib)]
    const reader = await cache.open(a)
    await readAll(reader, { end: 100 })
    b.limitBytes = mib
    const filling = await cache.open(b)
    expect(await cache.open(c)).toBeUndefined()
    expect(cache.usage().reservedBytes).toBe(4 * mib)
    b.limitBytes = Number.POSITIVE_INFINITY
    b.wake()
    expect((await readAll(filling, { end: b.sizeBytes })).equals(b.bytes)).toBe(true)
    expect((await readAll(reader, { end: a.sizeBytes })).equals(a.bytes)).toBe(true)
    await reader?.close()
    await filling?.close()
    expect((await readWhole(cache, c)).equals(c.bytes)).toBe(true)
  })

  it('is not made at all for what cannot fit', async () => {
    const cache = await createCache(3 * mib)
    const [a, large] = [createUpstream(2 * mib), createUpstream(4 * mib)]
    await readWhole(cache, a)
    expect(await cache.open(large)).toBeUndefined()
    expect(cache.has(a.sha256)).toBe(true)
  })
})
