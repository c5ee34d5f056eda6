import { link, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type DownloadEvent, type DownloadImageOptions, downloadImage } from '../src/index.ts'
import { patientMs } from './fast-clock.ts'
import { createWorkbench, MiB, patternOf, sha256Of } from './workbench.ts'

const partSizeBytes = 5 * MiB
const bytes = patternOf(27 * MiB + 3)

async function prepare(content = bytes) {
  const bench = await createWorkbench()
  const image = bench.server.addCompleted('disk', content)
  return { ...bench, image, destination: join(bench.folder, 'disk.img') }
}

type Bench = Awaited<ReturnType<typeof prepare>>

async function download({ client, destination }: Bench, options: Partial<DownloadImageOptions> = {}) {
  const events: DownloadEvent[] = []
  const { onEvent } = options
  const result = await downloadImage(client, {
    ref: 'disk',
    destination,
    partSizeBytes,
    stallTimeoutMs: patientMs,
    ...options,
    onEvent(event) {
      events.push(event)
      onEvent?.(event)
    },
  })
  return { result, events, arrived: await readFile(destination) }
}

/** Downloads until so many bytes are confirmed, then stops. */
async function downloadAndStop(bench: Bench, confirmedBytes: number): Promise<void> {
  const killer = new AbortController()
  const stopped = download(bench, {
    concurrency: 1,
    signal: killer.signal,
    onEvent(event) {
      if (event.type === 'progress' && event.progress.confirmedBytes >= confirmedBytes) killer.abort()
    },
  })
  await expect(stopped).rejects.toMatchObject({ name: 'CancelledError' })
}

test('a download that was stopped is gone on with: what is there is not fetched again', async () => {
  const bench = await prepare()
  await downloadAndStop(bench, 2 * partSizeBytes)
  expect((await readdir(bench.folder)).sort()).toEqual(['disk.img.part', 'disk.img.part.journal'])
  const { result, arrived } = await download(bench)
  expect(arrived.equals(bytes)).toBe(true)
  expect(result).toMatchObject({ isVerified: true, sha256: sha256Of(bytes) })
  expect(result.reusedBytes).toBeGreaterThanOrEqual(2 * partSizeBytes)
  expect(await readdir(bench.folder)).toEqual(['disk.img'])
})

test('what was damaged on disk meanwhile is found by the digest, and the download starts over', async () => {
  const bench = await prepare()
  await downloadAndStop(bench, 2 * partSizeBytes)
  const part = await open(`${bench.destination}.part`, 'r+')
  await part.write(Buffer.alloc(100, 0xff), 0, 100, 1000)
  await part.close()
  const { result, events, arrived } = await download(bench)
  expect(arrived.equals(bytes)).toBe(true)
  expect(result.reusedBytes).toBe(0)
  expect(events.filter((event) => event.type === 'warning')).toMatchObject([{ code: 'started_over' }])
})

describe('what an earlier run has left is not used', () => {
  test.each<[string, (bench: Bench) => Promise<unknown>]>([
    [
      'when the image of that name is another one by now',
      async ({ image }) => {
        const other = patternOf(bytes.length, 2)
        Object.assign(image, { content: other, sha256: sha256Of(other) })
      },
    ],
    ['when its bytes are gone', ({ destination }) => rm(`${destination}.part`)],
    ['when its record is gone', ({ destination }) => rm(`${destination}.part.journal`)],
    ['when its bytes were cut off', ({ destination }) => writeFile(`${destination}.part`, 'short')],
  ])('%s', async (_, change) => {
    const bench = await prepare()
    await downloadAndStop(bench, 2 * partSizeBytes)
    await change(bench)
    const { result, arrived } = await download(bench)
    expect(result.reusedBytes).toBe(0)
    expect(sha256Of(arrived)).toBe(bench.image.sha256)
  })

  test('when its record is damaged, which is set aside with a warning', async () => {
    const bench = await prepare()
    await downloadAndStop(bench, 2 * partSizeBytes)
    await writeFile(`${bench.destination}.part.journal`, 'not what it was\n')
    const { result, events } = await download(bench)
    expect(result.reusedBytes).toBe(0)
    expect(events.filter((event) => event.type === 'warning')).toMatchObject([{ code: 'journal_damaged' }])
  })
})

describe('the destination', () => {
  test('that exists is refused unless it may be replaced', async () => {
    const bench = await prepare()
    await writeFile(bench.destination, 'mine')
    await expect(download(bench)).rejects.toMatchObject({ name: 'DestinationError', code: 'exists' })
    expect(await readFile(bench.destination, 'utf8')).toBe('mine')
    expect(bench.server.requests).toEqual([])
    const { arrived } = await download(bench, { overwrite: true })
    expect(arrived.equals(bytes)).toBe(true)
  })

  test('that comes to be meanwhile is not replaced', async () => {
    const bench = await prepare()
    const other = join(bench.folder, 'other')
    await writeFile(other, 'mine')
    const linking: Promise<void>[] = []
    const downloading = download(bench, {
      onEvent(event) {
        if (event.type === 'planned') linking.push(link(other, bench.destination))
      },
    })
    await expect(downloading).rejects.toMatchObject({ name: 'DestinationError', code: 'exists' })
    await Promise.all(linking)
    expect(await readFile(bench.destination, 'utf8')).toBe('mine')
  })

  test('that is a folder, or in none, is refused', async () => {
    const bench = await prepare()
    await mkdir(bench.destination)
    await expect(download(bench)).rejects.toMatchObject({ name: 'DestinationError', code: 'not_a_file' })
    const nowhere = download(bench, { destination: join(bench.folder, 'no', 'such') })
    await expect(nowhere).rejects.toMatchObject({ name: 'DestinationError', code: 'no_folder' })
  })

  test('of two downloads at once: the second says who is at it', async () => {
    const bench = await prepare()
    const started = Promise.withResolvers<void>()
    const first = download(bench, { onEvent: () => started.resolve() })
    await started.promise
    await expect(download(bench)).rejects.toMatchObject({
      code: 'download_locked',
      message: expect.stringContaining(`${process.pid}`),
    })
    expect((await first).arrived.equals(bytes)).toBe(true)
  })
})

test('regions of zeros take no room on disk', async () => {
  const sparse = Buffer.alloc(40 * MiB)
  sparse.fill('data', 20 * MiB, 20 * MiB + 100)
  const bench = await prepare(sparse)
  const { arrived } = await download(bench)
  expect(arrived.equals(sparse)).toBe(true)
  const { blocks } = await stat(bench.destination)
  expect(blocks * 512).toBeLessThan(MiB)
})
