import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ObjectStore, UploadedPart } from '../../../storage/s3/object-store.ts'
import { StoreError } from '../../../storage/s3/store-error.ts'
import { entryKeysOf, formatRecord } from './entry-record.ts'
import { createSharedCache, type SharedCache } from './shared-cache.ts'

const dayMs = 86_400_000
const partBytes = 16 * 1024 * 1024
let nowMs: number
let store: ReturnType<typeof createStore>
beforeEach(() => {
  nowMs = 1_700_000_000_000
  store = createStore()
})

/** A store in memory, which fails as told. */
function createStore() {
  const objects = new Map<string, { bytes: Buffer; modifiedAtMs: number }>()
  const uploads = new Map<string, { key: string; initiatedAtMs: number; parts: Map<number, Buffer> }>()
  const fail = (code: string, status?: number): never => {
    throw new StoreError({ operation: 'x', code, status, requestId: undefined, hint: 'failed' })
  }
  const before = (operation: string) => {
    state.asked.push(operation)
    if (state.failing.has(operation)) fail('ECONNREFUSED')
  }
  const state = {
    objects,
    uploads,
    asked: [] as string[],
    failing: new Set<string>(),
    /** How many of an image's bytes a read gives before it breaks. */
    breakAfterBytes: Number.POSITIVE_INFINITY,
    isStalling: false,
    openReads: 0,
  }
  const api: Partial<ObjectStore> = {
    async createUpload(key) {
      before('createUpload')
      const uploadId = `u${uploads.size}`
      uploads.set(uploadId, { key, initiatedAtMs: nowMs, parts: new Map() })
      return uploadId
    },
    abortUpload: async ({ uploadId }) => void uploads.delete(uploadId),
    async putPart({ uploadId }, { partNumber, md5, body }) {
      before('putPart')
      const bytes = Buffer.concat(await body.toArray())
      if (createHash('md5').update(bytes).digest('base64') !== md5) fail('BadDigest')
      uploads.get(uploadId)?.parts.set(partNumber, bytes)
    },
    async listParts({ uploadId }) {
      const parts = [...(uploads.get(uploadId)?.parts ?? [])]
      return {
        hasMore: false,
        parts: parts.map(
          ([partNumber, { length: sizeBytes }]): UploadedPart => ({ partNumber, sizeBytes, etag: '"e"' }),
        ),
      }
    },
    async completeUpload({ key, uploadId }, parts) {
      before('completeUpload')
      const held = uploads.get(uploadId)?.parts
      const bytes = Buffer.concat(parts.map(({ partNumber }) => held?.get(partNumber) ?? Buffer.alloc(0)))
      objects.set(key, { bytes, modifiedAtMs: nowMs })
      uploads.delete(uploadId)
    },
    sizeOf: async (key) => objects.get(key)?.bytes.length,
    remove: async (key) => void objects.delete(key),
    async put(key, bytes) {
      before('put')
      objects.set(key, { bytes: Buffer.from(bytes), modifiedAtMs: nowMs })
    },
    async read(key, { start = 0, signal } = {}) {
      before('read')
      signal?.throwIfAborted()
      const { bytes } = objects.get(key) ?? fail('NoSuchKey', 404)
      const isRecord = key.endsWith('.json')
      const end = isRecord ? bytes.length : Math.min(bytes.length, state.breakAfterBytes)
      return (async function* () {
        state.openReads++
        // Once: an answer ends with its last byte, or when it is given up.
        const leave = () => void state.openReads--
        signal?.addEventListener('abort', leave, { once: true })
        try {
          for (let at = start; at < end; at += 1_000_003) yield bytes.subarray(at, Math.min(at + 1_000_003, end))
          if (end < bytes.length) fail('ECONNRESET')
          if (state.isStalling && !isRecord) {
            await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
          }
        } finally {
          signal?.removeEventListener('abort', leave)
          if (!signal?.aborted) leave()
        }
      })()
    },
    async *listUploads(prefix) {
      for (const [uploadId, { key, initiatedAtMs }] of uploads) {
        if (key.startsWith(prefix)) yield { key, uploadId, initiatedAtMs }
      }
    },
    async *listObjects(prefix) {
      before('listObjects')
      for (const [key, { bytes, modifiedAtMs }] of [...objects]) {
        if (key.startsWith(prefix)) yield { key, sizeBytes: bytes.length, modifiedAtMs }
      }
    },
    close: () => undefined,
  }
  return Object.assign(state, { api: api as ObjectStore })
}

const log = { info: () => undefined, warn: () => undefined } as never
const files = new Map<string, Buffer>()
function createShared(options: { capacityBytes?: number; stallTimeoutMs?: number } = {}): SharedCache {
  return createSharedCache({
    ...{ store: store.api, entryPrefix: 'p/cache/', capacityBytes: options.capacityBytes, now: () => nowMs, log },
    stallTimeoutMs: options.stallTimeoutMs ?? 10_000,
    onReadBytes: () => undefined,
    noteArrivedBytes: () => undefined,
    openFile: async (sha256) => ({
      read: async (buffer, position) => files.get(sha256)?.copy(buffer, 0, position) ?? 0,
      close: async () => undefined,
    }),
  })
}

function createFile(sizeBytes: number) {
  const bytes = randomBytes(sizeBytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  files.set(sha256, bytes)
  return { sha256, sizeBytes, bytes, keys: entryKeysOf('p/cache/', sha256) }
}
type File = ReturnType<typeof createFile>

async function read(shared: SharedCache, file: File, start = 0) {
  const chunks: Buffer[] = []
  const end = await shared.read(file, {
    range: { start, end: file.sizeBytes },
    onChunk: (chunk) => void chunks.push(Buffer.from(chunk)),
    signal: new AbortController().signal,
  })
  return { end, bytes: Buffer.concat(chunks) }
}
const keep = async (shared: SharedCache, ...kept: File[]) => {
  for (const file of kept) shared.keep(file)
  for (const file of kept) await expect.poll(() => store.objects.has(file.keys.record)).toBe(true)
}
/** Puts an entry there with a record that fits its bytes, whatever its name says. */
const forge = ({ keys, sizeBytes }: File, bytes: Buffer) => {
  store.objects.set(keys.object, { bytes, modifiedAtMs: nowMs })
  const record = formatRecord({ sizeBytes, partBytes, crc32: [crc32(bytes)] })
  store.objects.set(keys.record, { bytes: Buffer.from(record), modifiedAtMs: nowMs })
}

describe('the shared cache', () => {
  it('gives another server what one has stored, from any position on', async () => {
    const file = createFile(partBytes + 1_234_567)
    await keep(createShared(), file)
    const other = createShared()
    for (const start of [0, 5, partBytes - 1, partBytes, partBytes + 7]) {
      const { end, bytes } = await read(other, file, start)
      expect(end).toBe(file.sizeBytes)
      expect(bytes.equals(file.bytes.subarray(start))).toBe(true)
    }
    expect(store.openReads).toBe(0)
    expect(store.uploads.size).toBe(0)
  })

  it('stores an image once, and notes its later uses no more than once an hour', async () => {
    const file = createFile(1000)
    const shared = createShared()
    await keep(shared, file)
    nowMs += 3_600_000
    const other = createShared()
    for (const server of [shared, shared, other]) server.keep(file)
    await expect.poll(() => store.asked.filter((operation) => operation === 'put').length).toBe(3)
    expect(store.objects.get(file.keys.record)?.modifiedAtMs).toBe(nowMs)
    expect(store.asked.filter((operation) => operation === 'createUpload')).toHaveLength(1)
  })

  it('gives nothing of a part that is damaged, removes it, and stores it anew when it has come', async () => {
    const file = createFile(partBytes + 100)
    const shared = createShared()
    await keep(shared, file)
    const stored = store.objects.get(file.keys.object)
    stored?.bytes.writeUInt8((stored.bytes.readUInt8(partBytes + 3) + 1) % 256, partBytes + 3)
    const { end, bytes } = await read(shared, file)
    expect(end).toBe(partBytes)
    expect(bytes.equals(file.bytes.subarray(0, partBytes))).toBe(true)
    await expect.poll(() => store.objects.size).toBe(0)
    await keep(shared, file)
    expect((await read(shared, file)).bytes.equals(file.bytes)).toBe(true)
  })

  it.each([
    ['cut short', (file: File) => forge(file, file.bytes.subarray(0, 500))],
    ['too long', (file: File) => forge(file, Buffer.concat([file.bytes, file.bytes]))],
    ['without its record', ({ keys }: File) => void store.objects.delete(keys.record)],
    ['without its object', ({ keys }: File) => void store.objects.delete(keys.object)],
    [
      'with a record that nobody understands',
      ({ keys }: File) => void store.objects.set(keys.record, { bytes: Buffer.from('{"a":'), modifiedAtMs: nowMs }),
    ],
  ])('has nothing to give of an entry that is %s', async (_, spoil) => {
    const file = createFile(1000)
    const shared = createShared()
    await keep(shared, file)
    spoil(file)
    expect((await read(createShared(), file)).end).toBe(0)
  })

  it('is left alone for a while when the store fails, and asked again afterwards', async () => {
    const file = createFile(1000)
    const shared = createShared()
    await keep(shared, file)
    store.failing.add('read')
    expect((await read(shared, file)).end).toBe(0)
    store.failing.clear()
    expect((await read(shared, file)).end).toBe(0)
    nowMs += 30_000
    expect((await read(shared, file)).end).toBe(1000)
  })

  it('gives what it could when the store breaks off, and does not wait for one that sends no more', async () => {
    const file = createFile(2 * partBytes)
    await keep(createShared(), file)
    store.breakAfterBytes = partBytes + 1000
    expect((await read(createShared(), file)).end).toBe(partBytes)
    store.breakAfterBytes = Number.POSITIVE_INFINITY
    store.isStalling = true
    const cut = store.objects.get(file.keys.object)
    if (cut) cut.bytes = cut.bytes.subarray(0, partBytes + 1000)
    expect((await read(createShared({ stallTimeoutMs: 20 }), file)).end).toBe(partBytes)
    expect(store.openReads).toBe(0)
  })

  it('passes the failure of its reader on, and closes what it read from', async () => {
    const file = createFile(partBytes + 100)
    const shared = createShared()
    await keep(shared, file)
    const onChunk = () => Promise.reject(new Error('the disk is full'))
    const reading = { range: { start: 0, end: file.sizeBytes }, onChunk, signal: new AbortController().signal }
    await expect(shared.read(file, reading)).rejects.toThrow('the disk is full')
    expect(store.openReads).toBe(0)
    const stopped = { ...reading, signal: AbortSignal.abort(new Error('stopped')) }
    await expect(shared.read(file, stopped)).rejects.toThrow('stopped')
  })

  it('tries again to store what it could not', async () => {
    const file = createFile(1000)
    const shared = createShared()
    store.failing.add('completeUpload')
    shared.keep(file)
    await expect.poll(() => store.asked.includes('completeUpload')).toBe(true)
    await expect.poll(() => store.uploads.size).toBe(0)
    expect(store.objects.size).toBe(0)
    store.failing.clear()
    await expect
      .poll(() => {
        nowMs += 60_000
        shared.keep(file)
        return store.objects.has(file.keys.record)
      })
      .toBe(true)
  })
})

describe("the shared cache's room", () => {
  it('is made by what was used longest ago, on whichever server', async () => {
    const [a, b, c] = [createFile(400), createFile(400), createFile(400)]
    const [one, other] = [createShared({ capacityBytes: 1000 }), createShared({ capacityBytes: 1000 })]
    await keep(one, a)
    nowMs += 1000
    await keep(one, b)
    nowMs += 1000
    other.keep(a)
    await expect.poll(() => store.objects.get(a.keys.record)?.modifiedAtMs).toBe(nowMs)
    nowMs += 1000
    await keep(one, c)
    expect([a, b, c].map(({ keys }) => store.objects.has(keys.object))).toEqual([true, false, true])
    expect(store.objects.size).toBe(4)
  })

  it('is not made for what can never fit', async () => {
    const [small, large] = [createFile(400), createFile(1001)]
    const shared = createShared({ capacityBytes: 1000 })
    shared.keep(large)
    await keep(shared, small)
    expect(store.objects.has(large.keys.object)).toBe(false)
  })

  it('is freed at a start of what crashes left a day ago, and of nothing else', async () => {
    const [old, young, whole] = [createFile(10), createFile(10), createFile(10)]
    await keep(createShared(), whole)
    const upload = (key: string, initiatedAtMs: number) =>
      store.uploads.set(`u${initiatedAtMs}${key}`, { key, initiatedAtMs, parts: new Map() })
    const oldMs = nowMs - dayMs - 1
    upload(old.keys.object, oldMs)
    upload(young.keys.object, nowMs - 1000)
    upload('p/cache/of-somebody-else', oldMs)
    store.objects.set(old.keys.object, { bytes: old.bytes, modifiedAtMs: oldMs })
    store.objects.set(young.keys.object, { bytes: young.bytes, modifiedAtMs: nowMs - 1000 })
    store.objects.set('p/cache/of-somebody-else', { bytes: old.bytes, modifiedAtMs: oldMs })
    createShared()
    await expect.poll(() => store.objects.has(old.keys.object)).toBe(false)
    expect([...store.objects.keys()].sort()).toEqual(
      ['p/cache/of-somebody-else', young.keys.object, whole.keys.object, whole.keys.record].sort(),
    )
    expect([...store.uploads.values()].map(({ key }) => key)).toEqual([young.keys.object, 'p/cache/of-somebody-else'])
  })
})
