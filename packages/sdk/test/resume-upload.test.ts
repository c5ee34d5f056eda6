import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type UploadEvent, type UploadImageOptions, uploadImage } from '../src/index.ts'
import { patientMs } from './fast-clock.ts'
import { on } from './faults.ts'
import type { DoubleOptions } from './images-api-double.ts'
import { createWorkbench, MiB, patternOf, sha256Of, type Workbench } from './workbench.ts'

const partSizeBytes = 5 * MiB
const bytes = patternOf(27 * MiB + 3)
const partCount = 6

type Options = Partial<UploadImageOptions>

async function prepare(options: DoubleOptions = {}) {
  const bench = await createWorkbench(options)
  const source = await bench.file('disk.img', bytes)
  return { ...bench, source, journalDirectory: join(bench.folder, 'journal') }
}

/** Uploads until so many parts are confirmed, then stops. @returns the parts that were */
async function uploadAndStop(bench: Workbench, options: Options & { source: string }, confirmedParts: number) {
  const killer = new AbortController()
  const confirmed: number[] = []
  const upload = uploadImage(bench.client, {
    name: 'disk',
    partSizeBytes,
    stallTimeoutMs: patientMs,
    concurrency: 2,
    signal: killer.signal,
    ...options,
    onEvent(event) {
      if (event.type !== 'part_confirmed') return
      confirmed.push(event.partNumber)
      if (confirmed.length === confirmedParts) killer.abort()
    },
  })
  await expect(upload).rejects.toMatchObject({ name: 'CancelledError', code: 'cancelled' })
  return confirmed
}

/** Uploads to the end. @returns the result with the numbers of the parts that were sent */
async function uploadAgain(bench: Workbench, options: Options & { source: UploadImageOptions['source'] }) {
  const sent = new Set<number>()
  const events: UploadEvent[] = []
  const result = await uploadImage(bench.client, {
    name: 'disk',
    stallTimeoutMs: patientMs,
    ...options,
    onEvent(event) {
      events.push(event)
      if (event.type === 'part_started') sent.add(event.partNumber)
    },
  })
  const image = bench.server.images.get(result.image.id)
  const arrived = image && bench.server.bytesOf(image)
  return { result, sent: [...sent].sort((a, b) => a - b), arrived, events }
}

function others(parts: readonly number[]): number[] {
  return Array.from({ length: partCount }, (_, index) => index + 1).filter((partNumber) => !parts.includes(partNumber))
}

describe('an upload that was stopped is gone on with', () => {
  test.each([
    ['from another machine, by the list of parts', {}, false],
    ['by the list of parts and the journal', {}, true],
    ['by the ETags of the list and the checksums of the journal', { hasPartDigests: false }, true],
    ['by the journal alone', { hasPartList: false }, true],
  ] as const)('%s', async (_, serverOptions, hasJournal) => {
    for (const confirmedParts of [1, 3, 5]) {
      const bench = await prepare(serverOptions)
      const { source } = bench
      const journal = hasJournal ? { journalDirectory: bench.journalDirectory } : {}
      const confirmed = await uploadAndStop(bench, { source, ...journal }, confirmedParts)
      const { result, sent, arrived } = await uploadAgain(bench, { source, ...journal })
      expect(arrived?.equals(bytes)).toBe(true)
      // What was on its way when the first run stopped may have been kept by the server as well.
      for (const partNumber of confirmed) expect(sent).not.toContain(partNumber)
      expect(result.reusedBytes).toBeGreaterThan((confirmedParts - 1) * partSizeBytes)
      expect(result.reusedBytes + result.sentBytes).toBe(bytes.length)
      if (hasJournal) expect(await readdir(bench.journalDirectory)).toEqual([])
    }
  })

  test('without a name, by the journal', async () => {
    const bench = await prepare()
    const { source, journalDirectory } = bench
    const confirmed = await uploadAndStop(bench, { source, journalDirectory, name: undefined }, 2)
    const { sent } = await uploadAgain(bench, { source, journalDirectory, name: undefined })
    for (const partNumber of confirmed) expect(sent).not.toContain(partNumber)
    expect(bench.server.images.size).toBe(1)
  })

  test('with the part size of the first run, whatever the default is', async () => {
    const bench = await prepare()
    await uploadAndStop(bench, { source: bench.source }, 3)
    const { events } = await uploadAgain(bench, { source: bench.source })
    expect(events.find((event) => event.type === 'planned')).toMatchObject({ isResumed: true, plan: { partCount } })
  })

  test('from a stream of the same bytes, which are proven as they come in', async () => {
    const bench = await prepare()
    const confirmed = await uploadAndStop(bench, { source: bench.source }, 3)
    const { sent, arrived } = await uploadAgain(bench, { source: new Blob([bytes]).stream(), partSizeBytes })
    expect(arrived?.equals(bytes)).toBe(true)
    for (const partNumber of confirmed) expect(sent).not.toContain(partNumber)
  })

  test('not at all when that is not wanted: the taken name is a conflict', async () => {
    const bench = await prepare()
    await uploadAndStop(bench, { source: bench.source }, 1)
    const again = uploadAgain(bench, { source: bench.source, resume: false })
    await expect(again).rejects.toMatchObject({ name: 'ConflictError', code: 'name_taken' })
  })
})

describe('a file that changed between two runs', () => {
  test.each([
    ['by the digests of the list', {}],
    ['by the checksums of the journal', { hasPartList: false }],
  ])('has its changed parts sent again, found out %s', async (_, serverOptions) => {
    const bench = await prepare(serverOptions)
    const { source, journalDirectory } = bench
    const confirmed = await uploadAndStop(bench, { source, journalDirectory }, 3)
    const changedPart = confirmed[0] as number
    const changed = Buffer.from(bytes)
    changed.fill(0xff, (changedPart - 1) * partSizeBytes + 1234, (changedPart - 1) * partSizeBytes + 1240)
    await writeFile(source, changed)
    const { sent, arrived, result } = await uploadAgain(bench, { source, journalDirectory })
    expect(arrived?.equals(changed)).toBe(true)
    expect(result.sha256).toBe(sha256Of(changed))
    expect(sent).toContain(changedPart)
    for (const partNumber of confirmed.slice(1)) expect(sent).not.toContain(partNumber)
  })

  test.each([
    ['told by the list', {}],
    ['told by the journal', { hasPartList: false }],
  ])(
    'and is shorter by parts leaves one that cannot be taken back: that is explained, %s',
    async (_, serverOptions) => {
      const bench = await prepare(serverOptions)
      const { source, journalDirectory } = bench
      await uploadAndStop(bench, { source, journalDirectory, concurrency: 6 }, 6 - 1)
      await truncate(source, 3 * MiB)
      const again = uploadAgain(bench, { source, journalDirectory })
      await expect(again).rejects.toMatchObject({
        name: 'UsageError',
        code: 'not_resumable',
        message: expect.stringMatching(/slipway images delete image_/),
      })
    },
  )
})

test('parts that nothing can prove are not taken for the file’s: what to do is explained', async () => {
  const bench = await prepare({ hasPartList: false })
  await uploadAndStop(bench, { source: bench.source }, 1)
  await expect(uploadAgain(bench, { source: bench.source })).rejects.toMatchObject({
    code: 'not_resumable',
    message: expect.stringMatching(/the server does not tell its parts.*slipway images delete image_/),
  })
})

test('an upload whose completion was never heard of is found completed, and nothing is sent', async () => {
  const killer = new AbortController()
  const dieOnCompletion = on('complete', [1], async ({ carryOutUnanswered }) => {
    await carryOutUnanswered()
    killer.abort()
    return true
  })
  const bench = await prepare({ fault: dieOnCompletion })
  const { source, journalDirectory } = bench
  const first = uploadImage(bench.client, {
    source,
    journalDirectory,
    partSizeBytes,
    stallTimeoutMs: patientMs,
    signal: killer.signal,
  })
  await expect(first).rejects.toMatchObject({ name: 'CancelledError' })
  const { result, sent } = await uploadAgain(bench, { source, journalDirectory, name: undefined })
  expect(sent).toEqual([])
  expect(result).toMatchObject({ sha256: sha256Of(bytes), sentBytes: 0, reusedBytes: bytes.length, partCount })
  expect(bench.server.images.size).toBe(1)
  expect(await readdir(journalDirectory)).toEqual([])
})

describe('the journal', () => {
  test('is its owner’s alone and holds no URL and no token', async () => {
    const bench = await prepare()
    await uploadAndStop(bench, bench, 2)
    const [name = ''] = await readdir(bench.journalDirectory)
    const path = join(bench.journalDirectory, name)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).not.toMatch(/http|signature|sk_live|127\.0\.0\.1/)
  })

  test('that is damaged is set aside with a warning, and the upload goes on without it', async () => {
    const bench = await prepare()
    await uploadAndStop(bench, bench, 2)
    const [name = ''] = await readdir(bench.journalDirectory)
    await writeFile(join(bench.journalDirectory, name), 'not what it was\n')
    const { arrived, events } = await uploadAgain(bench, bench)
    expect(arrived?.equals(bytes)).toBe(true)
    expect(events.filter((event) => event.type === 'warning')).toMatchObject([{ code: 'journal_damaged' }])
    const [damaged = '', ...more] = await readdir(bench.journalDirectory)
    expect(more).toEqual([])
    expect(await readFile(join(bench.journalDirectory, damaged), 'utf8')).toBe('not what it was\n')
  })

  test('whose folder cannot be used is refused before anything is created', async () => {
    const bench = await prepare()
    const upload = uploadImage(bench.client, { source: bench.source, journalDirectory: bench.source })
    await expect(upload).rejects.toMatchObject({ name: 'UsageError', code: 'journal_unwritable' })
    expect(bench.server.requests).toEqual([])
  })
})

test('of two uploads of one file to one place the second says who is at it', async () => {
  const bench = await prepare()
  const started = Promise.withResolvers<void>()
  const options = { ...bench, name: 'disk', partSizeBytes, stallTimeoutMs: patientMs }
  const first = uploadImage(bench.client, { ...options, onEvent: () => started.resolve() })
  await started.promise
  const second = uploadImage(bench.client, options)
  await expect(second).rejects.toMatchObject({
    name: 'UploadLockedError',
    code: 'upload_locked',
    message: expect.stringContaining(`process ${process.pid}`),
  })
  expect((await first).image.uploadStatus).toBe('completed')
})

test('of two processes the second says which process is at it, until that is gone', async () => {
  const bench = await prepare({ fault: on('putPart', [1, 2], () => true) })
  const child = startChild(bench)
  const exited = once(child, 'exit')
  await untilRequested(bench, 'putPart')
  await expect(uploadAgain(bench, bench)).rejects.toMatchObject({
    name: 'UploadLockedError',
    message: expect.stringContaining(`process ${child.pid} on `),
  })
  child.kill('SIGKILL')
  await exited
  expect((await uploadAgain(bench, bench)).arrived?.equals(bytes)).toBe(true)
})

test('a touched file is proven again, and nothing of it is sent twice', async () => {
  const bench = await prepare()
  const confirmed = await uploadAndStop(bench, bench, 3)
  await utimes(bench.source, new Date(0), new Date(0))
  const { sent } = await uploadAgain(bench, bench)
  expect(sent.filter((partNumber) => confirmed.includes(partNumber))).toEqual([])
  expect(others(sent)).toEqual(expect.arrayContaining(confirmed))
})

test('an upload killed with SIGKILL is finished by a rerun that sends no confirmed part again', {
  timeout: 60_000,
}, async () => {
  for (const killAfter of [0, 1, 3, 5]) {
    const bench = await prepare()
    const child = startChild(bench)
    const exited = once(child, 'exit')
    const confirmed: number[] = []
    if (killAfter === 0) await untilRequested(bench, 'putPart')
    else
      for await (const line of createInterface(child.stdout)) {
        confirmed.push(Number(line))
        if (confirmed.length === killAfter) break
      }
    child.kill('SIGKILL')
    await exited
    const { sent, arrived } = await uploadAgain(bench, bench)
    expect(arrived?.equals(bytes)).toBe(true)
    expect(sent.filter((partNumber) => confirmed.includes(partNumber))).toEqual([])
    expect(await readdir(bench.journalDirectory)).toEqual([])
  }
})

function startChild({ server, source, journalDirectory }: Awaited<ReturnType<typeof prepare>>) {
  const script = fileURLToPath(new URL('upload-child.ts', import.meta.url))
  return spawn(process.execPath, [script, server.url, source, journalDirectory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function untilRequested({ server }: Workbench, operation: string): Promise<void> {
  while (!server.requests.some((request) => request.operation === operation)) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
