import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DownloadEvent, type DownloadImageOptions, downloadImage, downloadImageTo } from '../src/index.ts'
import { createFastClock } from './fast-clock.ts'
import {
  cutShort,
  damagedAtFirst,
  garbage,
  lostAnswer,
  on,
  refusal,
  resetBeforeHeaders,
  resetMidBody,
  stall,
  truncatedJson,
  wrongContentRange,
} from './faults.ts'
import type { DoubleOptions, Fault } from './images-api-double.ts'
import { createWorkbench, MiB, openResources, patternOf, sha256Of } from './workbench.ts'

const bytes = patternOf(18 * MiB + 5)
const other = patternOf(18 * MiB + 5, 2)
const unhandled: unknown[] = []
const onUnhandled = (reason: unknown) => unhandled.push(reason)

beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', onUnhandled)
})
afterEach(() => {
  process.off('unhandledRejection', onUnhandled)
})

type Options = Partial<DownloadImageOptions> & { readonly server?: DoubleOptions; readonly clockSkewMs?: number }

/** The same download, into a file and into a stream: the bytes that arrived, or the error. */
const ways = { 'into a file': intoFile, 'into a stream': intoStream } as const

async function intoFile(fault: Fault, options: Options = {}) {
  return run(fault, options, async ({ client, folder, transfer }) => {
    const destination = join(folder, 'disk.img')
    const result = await downloadImage(client, { partSizeBytes: 5 * MiB, ...transfer, destination })
    expect(await readdir(folder)).toEqual(['disk.img'])
    return { result, arrived: await readFile(destination) }
  })
}

async function intoStream(fault: Fault, options: Options = {}) {
  return run(fault, options, async ({ client, transfer }) => {
    const chunks: Buffer[] = []
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        // A copy: the writer is free to use its buffer again once it is told.
        chunks.push(Buffer.from(chunk))
        setImmediate(done)
      },
    })
    const result = await downloadImageTo(client, { ...transfer, sink })
    expect(sink.writableEnded).toBe(false)
    expect(sink.listenerCount('error')).toBe(0)
    return { result, arrived: Buffer.concat(chunks) }
  })
}

interface RunContext {
  readonly client: Awaited<ReturnType<typeof createWorkbench>>['client']
  readonly folder: string
  readonly transfer: Omit<DownloadImageOptions, 'destination'>
}

async function run<Outcome>(
  fault: Fault,
  { server: serverOptions, clockSkewMs, ...options }: Options,
  download: (context: RunContext) => Promise<Outcome>,
) {
  const clock = clockSkewMs === undefined ? {} : { client: { clock: createFastClock({ skewMs: clockSkewMs }) } }
  const bench = await createWorkbench({ fault, ...serverOptions, ...clock })
  bench.server.addCompleted('disk', bytes)
  const before = openResources()
  const events: DownloadEvent[] = []
  const outcome = await download({
    ...bench,
    transfer: {
      ref: 'disk',
      stallTimeoutMs: 20_000_000,
      maxAttempts: 4,
      onEvent: (event) => events.push(event),
      ...options,
    },
  }).then(
    (done) => ({ ...done, error: undefined }),
    (error: unknown) => ({ result: undefined, arrived: undefined, error: error as { code: string; message: string } }),
  )
  const confirmed = events.flatMap((event) => (event.type === 'progress' ? [event.progress.confirmedBytes] : []))
  if (!events.some((event) => event.type === 'warning')) {
    expect(confirmed, 'confirmed bytes never decrease').toEqual(confirmed.toSorted((a, b) => a - b))
  }
  await bench.client.close()
  await bench.server.close()
  expect(openResources().workers).toBe(before.workers)
  expect(openResources().files.length).toBeLessThanOrEqual(before.files.length)
  expect(unhandled).toEqual([])
  return { ...outcome, ...bench, events }
}

describe.each(Object.entries(ways))('a download %s arrives byte for byte in spite of', (_, download) => {
  test.each<[string, Fault, Options?]>([
    ['nothing', () => false],
    ['a reset before the headers of every call', (context) => context.count === 1 && resetBeforeHeaders(context)],
    ['a reset before a range is answered', on('getBytes', [1, 2], resetBeforeHeaders)],
    ['resets in the middle of ranges', on('getBytes', [1, 2, 4, 5, 6], resetMidBody)],
    ['a lost answer', on('download', [1], lostAnswer)],
    ['429 without Retry-After', on('getBytes', [1, 2], refusal(429))],
    ['429 with Retry-After in seconds', on('getBytes', [2], refusal(429, { 'retry-after': '2' }))],
    [
      '429 with Retry-After as a date',
      on('getBytes', [2], refusal(429, { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' })),
    ],
    ['500', on('getBytes', [1, 3], refusal(500))],
    ['503', on('getBytes', [1, 2, 3], refusal(503))],
    ['an expired URL', on('getBytes', [1, 2, 3, 4], expired())],
    ['a stall', on('getBytes', [2], stall), { stallTimeoutMs: 150_000 }],
    ['a truncated answer to the call', on('download', [1], truncatedJson)],
    ['a garbled answer to the call', on('download', [1], garbage)],
    ['an answer to the call that is cut short', on('download', [1], cutShort)],
    ['a wrong Content-Range', on('getBytes', [1, 3], wrongContentRange)],
    ['a page under 200 in place of a range', on('getBytes', [1, 3], garbage)],
    [
      'a page under 200 of no length in place of a later range',
      on('getBytes', [4], pageOfNoLength),
      { concurrency: 1 },
    ],
    ['a server that ignores ranges', () => false, { server: { ignoresRanges: true } }],
    [
      'a server that ignores ranges and breaks off',
      on('getBytes', [4, 5, 6], resetMidBody),
      { server: { ignoresRanges: true }, concurrency: 2 },
    ],
    ['a clock that is two hours slow', () => false, { clockSkewMs: -7_200_000 }],
    ['a clock that is two hours fast', () => false, { clockSkewMs: 7_200_000 }],
    ['connections that break off every 300 KB', on('getBytes', 'always', breakingOff(300_000)), { concurrency: 2 }],
    ['a server that takes its time', on('getBytes', 'always', dribble)],
    ['one connection only', () => false, { concurrency: 1 }],
    ['16 connections', () => false, { concurrency: 16 }],
  ])('%s', async (_, fault, options) => {
    const { error, arrived, result } = await download(fault, options)
    expect(error).toBeUndefined()
    expect(arrived?.equals(bytes)).toBe(true)
    expect(result).toMatchObject({ sha256: sha256Of(bytes), sizeBytes: bytes.length, isVerified: true })
  })
})

describe('regression: a range that is sent again, damaged where its first sending was hashed already', () => {
  // The digest was of the first sending, the bytes in the file were of the second: damaged, and told to be verified.
  const reset = (...counts: number[]) => on('getBytes', counts, resetMidBody)
  const damage = (count: number) => on('getBytes', [count], damagedAtFirst)
  const both =
    (...faults: Fault[]): Fault =>
    async (context) => {
      for (const fault of faults) if (await fault(context)) return true
      return false
    }

  test.each<[string, Fault, DoubleOptions]>([
    ['of an image that is a single range', both(reset(1), damage(2)), {}],
    ['by a server that ignores ranges', both(reset(1, 3), damage(4)), { ignoresRanges: true }],
  ])('%s, does no harm', async (_, fault, server) => {
    const { error, arrived } = await intoFile(fault, { server, partSizeBytes: 32 * MiB, concurrency: 1 })
    expect(error).toBeUndefined()
    expect(arrived?.equals(bytes)).toBe(true)
  })
})

describe.each(Object.entries(ways))('a download %s stops with the right error on', (_, download) => {
  test.each<[string, Fault, object, Options?]>([
    ['a second 403', on('getBytes', 'always', refusal(403)), { name: 'ForbiddenError', reason: 'scripted 403' }],
    ['a 404', on('getBytes', 'always', refusal(404)), { name: 'NotFoundError' }],
    ['a 416', on('getBytes', 'always', refusal(416)), { name: 'InvalidRequestError', status: 416 }],
    ['a server that is always broken', on('getBytes', 'always', refusal(500)), { name: 'ServerError', status: 500 }],
    ['a 401', on('download', 'always', refusal(401)), { name: 'AuthenticationError' }],
    ['an image that is not there', on('download', 'always', refusal(404)), { name: 'NotFoundError' }],
    [
      'resets without end',
      on('getBytes', 'always', resetBeforeHeaders),
      { name: 'NetworkError', code: 'connection_reset' },
    ],
    [
      'a server that always stalls',
      on('getBytes', 'always', stallAtOnce()),
      { name: 'NetworkError', code: 'stalled' },
      { stallTimeoutMs: 100_000, maxAttempts: 2 },
    ],
    [
      'a wrong Content-Range without end',
      on('getBytes', 'always', wrongContentRange),
      { name: 'ResponseError', code: 'unexpected_range' },
    ],
    ['bytes that are not those of the digest', damaged(), { name: 'IntegrityError', code: 'digest_mismatch' }],
    ['an image of no bytes', empty(), { name: 'ResponseError', code: 'unexpected_answer' }],
    ['an object that is always another one', on('getBytes', 'always', refusal(412)), { name: 'IntegrityError' }],
  ])('%s', async (_, fault, expected, options) => {
    const { error } = await download(fault, options)
    expect(error).toMatchObject(expected)
    expect(error?.message).not.toMatch(/signature|sk_live/)
  })
})

test.each([
  [
    'another ETag',
    (context: Parameters<Fault>[0]) =>
      Object.assign(context.image ?? {}, { etag: '"other"', content: other, sha256: sha256Of(other) }),
  ],
  [
    'another ETag in the middle of a range',
    async (context: Parameters<Fault>[0]) => {
      await resetMidBody(context)
      Object.assign(context.image ?? {}, { etag: '"other"', content: other, sha256: sha256Of(other) })
      return true
    },
  ],
])('a file download starts over, once, when the object changes: %s', async (_, change) => {
  const fault = on('getBytes', [3], async (context) => (await change(context)) === true)
  const { error, arrived, events } = await intoFile(fault, { concurrency: 1 })
  expect(error).toBeUndefined()
  expect(arrived?.equals(other)).toBe(true)
  expect(events.filter((event) => event.type === 'warning')).toMatchObject([{ code: 'started_over' }])
})

test('what reached a stream before the object changed cannot be taken back: that is an error', async () => {
  const change = on('getBytes', [3], ({ image }) => {
    Object.assign(image ?? {}, { etag: '"other"', content: other, sha256: sha256Of(other) })
    return false
  })
  const { error } = await intoStream(change, { concurrency: 1 })
  expect(error).toMatchObject({ name: 'IntegrityError', code: 'object_changed' })
})

test('nothing is left of a download whose bytes are wrong', async () => {
  const { error, folder } = await intoFile(damaged())
  expect(error).toMatchObject({ code: 'digest_mismatch' })
  expect(await readdir(folder)).toEqual([])
})

test('without a digest the result says that nothing was verified', async () => {
  const unverified = await intoFile(() => false, { server: { tellsDigest: false } })
  expect(unverified.result).toMatchObject({ isVerified: false, sha256: sha256Of(bytes) })
})

test('without a digest a failure leaves nothing behind: no later run could tell what it belongs to', async () => {
  const { error, folder } = await intoFile(on('getBytes', [3], refusal(404)), {
    server: { tellsDigest: false },
    concurrency: 1,
  })
  expect(error).toMatchObject({ name: 'NotFoundError' })
  expect(await readdir(folder)).toEqual([])
})

describe('the sink of a streamed download', () => {
  test('that closes ends the download', async () => {
    const bench = await createWorkbench()
    bench.server.addCompleted('disk', bytes)
    const sink = new Writable({
      write() {
        this.destroy()
      },
    })
    const download = downloadImageTo(bench.client, { ref: 'disk', sink })
    await expect(download).rejects.toMatchObject({ name: 'DestinationError', code: 'sink_closed' })
  })

  test('that fails ends the download with its reason', async () => {
    const bench = await createWorkbench()
    bench.server.addCompleted('disk', bytes)
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space')) })
    const download = downloadImageTo(bench.client, { ref: 'disk', sink })
    await expect(download).rejects.toMatchObject({ code: 'sink_closed', message: expect.stringContaining('no space') })
  })

  test('that takes nothing holds the download back: no more than the read-ahead is fetched', async () => {
    const large = patternOf(60 * MiB)
    const bench = await createWorkbench()
    bench.server.addCompleted('large', large)
    const takeNext: (() => void)[] = []
    const hash = createHash('sha256')
    const firstBlock = Promise.withResolvers<void>()
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        hash.update(chunk)
        takeNext.push(done)
        firstBlock.resolve()
        if (isFlowing) done()
      },
    })
    let isFlowing = false
    let mostFetchedBytes = 0
    const download = downloadImageTo(bench.client, {
      ref: 'large',
      sink,
      concurrency: 8,
      onEvent(event) {
        if (event.type === 'progress' && !isFlowing)
          mostFetchedBytes = Math.max(mostFetchedBytes, event.progress.sentBytes)
      },
    })
    await firstBlock.promise
    for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve))
    isFlowing = true
    takeNext.pop()?.()
    const { sha256 } = await download
    expect(hash.digest('hex')).toBe(sha256)
    expect(mostFetchedBytes).toBeLessThanOrEqual(32 * MiB)
  })
})

/** The first URL is never good, the renewed one is. */
function expired(): Fault {
  let firstUrl: string | undefined
  return (context) => {
    firstUrl ??= context.request.url
    return context.request.url === firstUrl && refusal(403)(context)
  }
}

function stallAtOnce(): Fault {
  return () => true
}

function damaged(): Fault {
  return ({ image }) => {
    if (image) Object.assign(image, { sha256: sha256Of(other) })
    return false
  }
}

function empty(): Fault {
  return ({ image }) => {
    if (image) Object.assign(image, { content: Buffer.alloc(0) })
    return false
  }
}

/** The headers are right, the body ends early: each connection brings a little. */
function breakingOff(afterBytes: number): Fault {
  return async ({ request, response, image }) => {
    const content = image?.content ?? Buffer.alloc(0)
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const [start, end] = [Number(from), Number(to) + 1]
    if (!(end - start > afterBytes)) return false
    const range = `bytes ${start}-${end - 1}/${content.length}`
    response.writeHead(206, { etag: image?.etag, 'content-length': end - start, 'content-range': range })
    await new Promise<void>((resolve) => response.write(content.subarray(start, start + afterBytes), () => resolve()))
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    response.destroy()
    return true
  }
}

async function pageOfNoLength({ response }: Parameters<Fault>[0]): Promise<boolean> {
  response.writeHead(200, { 'content-type': 'text/html' }).write('<html>')
  response.end('Welcome to the hotel network</html>')
  return true
}

/** Many small pieces, with a pause after each. */
async function dribble({ request, response, image }: Parameters<Fault>[0]): Promise<boolean> {
  const content = image?.content ?? Buffer.alloc(0)
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const [start, end] = [Number(from), Number(to) + 1]
  const range = `bytes ${start}-${end - 1}/${content.length}`
  response.writeHead(206, { etag: image?.etag, 'content-length': end - start, 'content-range': range })
  for (let position = start; position < end; position += 100_000) {
    response.write(content.subarray(position, Math.min(end, position + 100_000)))
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end()
  return true
}
