import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BlobStore } from '../blob-store.ts'
import { type BufferPool, createBufferPool } from '../buffer-pool.ts'
import { createStreamSource } from '../stream-source.ts'
import { createFilesystemBlobStore } from './filesystem-blob-store.ts'

let directory: string
let store: BlobStore
let lentCount = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-blobs-'))
  const pool = createBufferPool()
  const buffers: BufferPool = {
    acquire() {
      lentCount++
      return pool.acquire()
    },
    release(buffer) {
      lentCount--
      pool.release(buffer)
    },
    forfeit(buffer) {
      lentCount--
      pool.forfeit(buffer)
    },
  }
  store = await createFilesystemBlobStore({ directory, buffers })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const write = (chunks: Iterable<Buffer>, maxSizeBytes = Number.MAX_SAFE_INTEGER) =>
  store.writePart({
    imageId: 'image_a',
    partNumber: 1,
    source: createStreamSource(Readable.from(chunks)),
    maxSizeBytes,
  })

describe('the filesystem blob store', () => {
  it('stores what it is sent, however it is cut into chunks', async () => {
    const sizes = fc.array(fc.oneof(fc.nat(100), fc.integer({ min: 0, max: 1_500_000 })), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(sizes, async (chunkSizes) => {
        const chunks = chunkSizes.filter((size) => size > 0).map((size, index) => Buffer.alloc(size, index + 1))
        const bytes = Buffer.concat(chunks)
        const stored = await write(chunks)
        expect(stored.sizeBytes).toBe(bytes.length)
        expect((await readFile(join(directory, stored.blobKey))).equals(bytes)).toBe(true)
        await store.remove(stored.blobKey)
      }),
      { numRuns: 30 },
    )
    expect(lentCount).toBe(0)
  })

  it('leaves nothing of a write that fails, and gives its buffers back', async () => {
    await expect(write([Buffer.alloc(600), Buffer.alloc(600)], 1000)).rejects.toMatchObject({ code: 'body_too_large' })
    const breaking = (function* () {
      yield Buffer.alloc(3_000_000)
      throw new Error('the sender went away')
    })()
    await expect(write(breaking)).rejects.toThrow('the sender went away')
    expect(await readdir(join(directory, 'image_a'))).toEqual([])
    expect(lentCount).toBe(0)
  })

  it('never overwrites: each write of a part has a name of its own', async () => {
    const [a, b] = await Promise.all([write([Buffer.from('a')]), write([Buffer.from('b')])])
    expect(a.blobKey).not.toBe(b.blobKey)
    expect(await readFile(join(directory, a.blobKey), 'utf8')).toBe('a')
    expect(await readFile(join(directory, b.blobKey), 'utf8')).toBe('b')
  })

  it.each(['../x', 'image_a/../../x.part', 'image_a/1.part', '/etc/passwd', 'image_a/1-AAAAAAAAAAAA.tmp'])(
    'does not take %s for a blob key',
    async (key) => {
      await expect(store.open(key)).rejects.toThrow('not a blob key')
    },
  )
})
