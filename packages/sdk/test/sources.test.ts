import { readdirSync } from 'node:fs'
import { appendFile, open, readdir, rename, truncate, utimes, writeFile } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type UploadEvent, type UploadImageOptions, type UploadInput, uploadImage } from '../src/index.ts'
import { patientMs } from './fast-clock.ts'
import { on, refusal, resetMidBody } from './faults.ts'
import type { DoubleOptions } from './images-api-double.ts'
import { createWorkbench, MiB, openResources, patternOf, sha256Of } from './workbench.ts'

const partSizeBytes = 5 * MiB
const bytes = patternOf(23 * MiB + 7)

async function upload(
  source: UploadInput,
  { server, ...options }: Partial<UploadImageOptions> & { readonly server?: DoubleOptions } = {},
) {
  const bench = await createWorkbench(server)
  const events: UploadEvent[] = []
  const { onEvent } = options
  const result = await uploadImage(bench.client, {
    source,
    name: 'disk',
    partSizeBytes,
    stallTimeoutMs: patientMs,
    spoolDirectory: bench.folder,
    ...options,
    onEvent(event) {
      events.push(event)
      onEvent?.(event)
    },
  })
  const image = bench.server.images.get(result.image.id)
  return { ...bench, result, events, arrived: image && bench.server.bytesOf(image) }
}

async function* inChunks(chunkSizeBytes: number, content: Buffer = bytes) {
  for (let start = 0; start < content.length; start += chunkSizeBytes) {
    yield content.subarray(start, start + chunkSizeBytes)
  }
}

describe('a source arrives byte for byte', () => {
  test.each<[string, () => UploadInput]>([
    ['an async iterable of small chunks', () => inChunks(64 * 1024)],
    ['an async iterable of chunks that fit nothing', () => inChunks(7_777_777)],
    ['an async iterable of one chunk', () => inChunks(bytes.length)],
    ['a Readable', () => Readable.from(inChunks(100_000))],
    ['a web stream', () => new Blob([bytes]).stream()],
    ['a Blob', () => new Blob([bytes])],
  ])('%s', async (_, source) => {
    const { result, arrived, folder } = await upload(source())
    expect(arrived?.equals(bytes)).toBe(true)
    expect(result).toMatchObject({ sha256: sha256Of(bytes), sizeBytes: bytes.length, partCount: 5 })
    expect(await readdir(folder)).toEqual([])
  })

  test('a FileHandle, which stays open', async () => {
    const bench = await createWorkbench()
    const handle = await open(await bench.file('disk.img', bytes))
    const { arrived } = await upload(handle)
    expect(arrived?.equals(bytes)).toBe(true)
    expect((await handle.stat()).size).toBe(bytes.length)
    await handle.close()
  })

  test('a stream that ends where a part ends', async () => {
    const { arrived, result } = await upload(inChunks(MiB, bytes.subarray(0, 2 * partSizeBytes)))
    expect(arrived?.equals(bytes.subarray(0, 2 * partSizeBytes))).toBe(true)
    expect(result.partCount).toBe(2)
  })

  test('a stream of one byte', async () => {
    const { arrived } = await upload(Readable.from([Buffer.from('x')]))
    expect(arrived?.toString()).toBe('x')
  })

  test('a stream, sent by one connection', async () => {
    const { arrived } = await upload(inChunks(MiB), { concurrency: 1 })
    expect(arrived?.equals(bytes)).toBe(true)
  })

  test('a stream whose parts fail and are sent again from the spool', async () => {
    const fault = on('putPart', [1, 2, 4], resetMidBody)
    const { arrived, result } = await upload(inChunks(MiB), { server: { fault } })
    expect(arrived?.equals(bytes)).toBe(true)
    expect(result.retryCount).toBe(3)
  })
})

test('the total of a stream is unknown until its end is in sight', async () => {
  const { events } = await upload(inChunks(MiB), { concurrency: 1 })
  const totals = events.flatMap((event) => (event.type === 'progress' ? [event.progress.totalBytes] : []))
  expect(totals[0]).toBeUndefined()
  expect(totals.at(-1)).toBe(bytes.length)
  expect(events.find((event) => event.type === 'planned')).toMatchObject({ plan: undefined })
})

test('the total of a Blob is known from the beginning', async () => {
  const { events } = await upload(new Blob([bytes]))
  const totals = events.flatMap((event) => (event.type === 'progress' ? [event.progress.totalBytes] : []))
  expect(new Set(totals)).toEqual(new Set([bytes.length]))
})

test('a stream is read no further than there is room for', async () => {
  let yieldedBytes = 0
  async function* counted() {
    for await (const chunk of inChunks(MiB)) {
      yieldedBytes += chunk.length
      yield chunk
    }
  }
  const heldBack: (() => void)[] = []
  let isOpen = false
  const asked = Promise.withResolvers<void>()
  const fault = on('putPart', 'always', async () => {
    asked.resolve()
    if (!isOpen) await new Promise<void>((resolve) => heldBack.push(resolve))
    return false
  })
  const uploading = upload(counted(), { concurrency: 2, server: { fault } })
  await asked.promise
  for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve))
  // Two parts are held, and the reader has seen the beginning of the third.
  expect(yieldedBytes).toBeLessThanOrEqual(2 * partSizeBytes + MiB)
  isOpen = true
  for (const letGo of heldBack) letGo()
  expect((await uploading).arrived?.equals(bytes)).toBe(true)
})

describe('nothing is created for', () => {
  test.each<[string, () => UploadInput, object]>([
    ['an empty stream', () => Readable.from([]), { name: 'SourceError', code: 'empty' }],
    ['an empty Blob', () => new Blob([]), { name: 'SourceError', code: 'empty' }],
    ['a stream of text', () => Readable.from(['text']), { name: 'SourceError', code: 'not_bytes' }],
    ['a stream that fails at once', () => failing(0), { name: 'SourceError', code: 'unreadable' }],
    ['a file that is not there', () => '/no/such/file', { name: 'SourceError', code: 'not_found' }],
    ['a folder', () => '/', { name: 'SourceError', code: 'not_a_file' }],
    ['a device', () => '/dev/null', { name: 'SourceError', code: 'not_a_file' }],
    ['a number', () => 5 as never, { name: 'UsageError', code: 'invalid_source' }],
    ['nothing', () => undefined as never, { name: 'UsageError', code: 'invalid_source' }],
  ])('%s', async (_, source, expected) => {
    const { client, server } = await createWorkbench()
    await expect(uploadImage(client, { source: source(), name: 'disk' })).rejects.toMatchObject(expected)
    expect(server.requests).toEqual([])
  })

  test.each<[string, Partial<UploadImageOptions>]>([
    ['a name that cannot be', { name: 'a/b' }],
    ['a workspace that cannot be', { workspace: 'acme' }],
    ['a concurrency of 0', { concurrency: 0 }],
    ['a concurrency of 17', { concurrency: 17 }],
    ['a part size under the least', { partSizeBytes: 1024 }],
    ['a part size that is not whole', { partSizeBytes: 5 * MiB + 0.5 }],
  ])('%s', async (_, options) => {
    const { client, server, file } = await createWorkbench()
    const source = await file('disk.img', Buffer.from('x'))
    await expect(uploadImage(client, { source, ...options })).rejects.toMatchObject({ name: 'UsageError' })
    expect(server.requests).toEqual([])
  })

  test('an empty file', async () => {
    const { client, server, file } = await createWorkbench()
    const source = await file('empty.img', Buffer.alloc(0))
    await expect(uploadImage(client, { source })).rejects.toMatchObject({
      code: 'empty',
      message: expect.stringMatching(/nothing to upload/),
    })
    expect(server.requests).toEqual([])
  })
})

describe('an upload stops with a SourceError when', () => {
  test('its stream fails half-way', async () => {
    const error = await upload(failing(12 * MiB)).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      name: 'SourceError',
      code: 'unreadable',
      message: 'the stream failed: the tape tore',
    })
  })

  test('its spool cannot be made', async () => {
    const error = await upload(inChunks(MiB), { spoolDirectory: '/no/such/folder' }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'SourceError', code: 'spool_unwritable' })
  })

  test.each<[string, (path: string) => Promise<unknown>]>([
    ['its file grows', (path) => appendFile(path, 'more')],
    ['its file is touched', (path) => utimes(path, new Date(), new Date(0))],
    [
      'its file is replaced by another',
      async (path) => {
        await writeFile(`${path}.new`, bytes)
        await rename(`${path}.new`, path)
      },
    ],
    ['its file is removed', (path) => rename(path, `${path}.old`)],
  ])('%s, and does not complete', async (_, change) => {
    const bench = await createWorkbench()
    const path = await bench.file('disk.img', bytes)
    let isChanged = false
    const fault = on('putPart', [5], async () => {
      await change(path)
      isChanged = true
      return false
    })
    const error = await upload(path, { server: { fault } }).catch((caught: unknown) => caught)
    expect(isChanged).toBe(true)
    expect(error).toMatchObject({ name: 'SourceError', code: 'source_changed' })
  })

  test('its file is cut off half-way', async () => {
    const bench = await createWorkbench()
    const path = await bench.file('disk.img', bytes)
    const fault = on('createPartUrl', [2], async () => {
      await truncate(path, 6 * MiB)
      return false
    })
    const error = await upload(path, { concurrency: 1, server: { fault } }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'SourceError', code: 'source_changed' })
  })

  test('a part reads otherwise when it is sent again', async () => {
    const bench = await createWorkbench()
    const path = await bench.file('disk.img', bytes)
    const fault = on('putPart', [1], async (context) => {
      await refusal(500)(context)
      const handle = await open(path, 'r+')
      await handle.write(Buffer.alloc(16, 0xff), 0, 16, 4096 + 100)
      await handle.close()
      return true
    })
    const error = await upload(path, { concurrency: 1, server: { fault } }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      name: 'SourceError',
      code: 'source_changed',
      message: expect.stringMatching(/part 1/),
    })
  })
})

describe('a stream that never ends', () => {
  test('is let go of at once when the upload is stopped, with nothing left open', async () => {
    const bench = await createWorkbench()
    const before = openResources()
    const source = new PassThrough()
    source.write(bytes.subarray(0, 6 * MiB))
    const killer = new AbortController()
    const uploading = uploadImage(bench.client, {
      source,
      name: 'disk',
      partSizeBytes,
      stallTimeoutMs: patientMs,
      signal: killer.signal,
      onEvent: (event) => event.type === 'part_confirmed' && killer.abort(),
    })
    await expect(uploading).rejects.toMatchObject({ name: 'CancelledError' })
    expect(source.destroyed).toBe(true)
    await bench.client.close()
    await bench.server.close()
    expect(openResources().files.length).toBeLessThanOrEqual(before.files.length)
  })

  test('is let go of even before its first byte', async () => {
    const { client, server } = await createWorkbench()
    const source = new PassThrough()
    const killer = new AbortController()
    const uploading = uploadImage(client, { source, name: 'disk', signal: killer.signal })
    killer.abort()
    await expect(uploading).rejects.toMatchObject({ name: 'CancelledError' })
    expect(source.destroyed).toBe(true)
    expect(server.requests).toEqual([])
  })
})

test('the spool has no name that could be left behind', async () => {
  const seen = new Set<string>()
  const bench = await createWorkbench()
  const spoolDirectory = bench.folder
  await uploadImage(bench.client, {
    source: inChunks(MiB),
    name: 'disk',
    partSizeBytes,
    stallTimeoutMs: patientMs,
    spoolDirectory,
    onEvent() {
      for (const name of readdirSync(spoolDirectory)) seen.add(name)
    },
  })
  expect([...seen]).toEqual([])
})

async function* failing(afterBytes: number) {
  if (afterBytes > 0) yield bytes.subarray(0, afterBytes)
  throw new Error('the tape tore')
}
