import { createHash } from 'node:crypto'
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createManualClock } from '../../test/manual-clock.ts'
import { awaitDigest } from './await-digest.ts'
import { createHashFrontier, type HashFrontierOptions, type RangeDigest } from './hash-frontier.ts'

const bytes = Buffer.alloc(3_000_000, 'bytes of an image, which repeat unevenly;')
const sha256Of = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

async function prepare(options: Partial<HashFrontierOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sdk-'))
  const path = join(folder, 'disk.img')
  await writeFile(path, bytes)
  const handle = await open(path)
  const frontier = createHashFrontier({ fd: handle.fd, sizeBytes: bytes.length, ...options })
  onTestFinished(async () => {
    await frontier.close()
    await handle.close()
    await rm(folder, { recursive: true })
  })
  return { path, frontier }
}

test('the digest is that of the whole file, in whatever steps the frontier moves', async () => {
  const { frontier } = await prepare()
  for (const position of [1, 70_000, 70_000, 5, 1_048_577, bytes.length]) frontier.advanceTo(position)
  expect(await frontier.digest).toBe(sha256Of(bytes))
  expect(frontier.hashedBytes()).toBe(bytes.length)
})

test('nothing beyond the frontier is read', async () => {
  const { frontier, path } = await prepare()
  frontier.advanceTo(1_000_000)
  while (frontier.hashedBytes() < 1_000_000) await new Promise((resolve) => setImmediate(resolve))
  const changed = Buffer.from(bytes)
  changed.fill('other', 1_000_000)
  await writeFile(path, changed)
  frontier.advanceTo(bytes.length)
  expect(await frontier.digest).toBe(sha256Of(changed))
})

test('ranges get digests of their own on the way', async () => {
  const digests: RangeDigest[] = []
  const ranges = [
    { partNumber: 1, start: 0, end: 1_000_000 },
    { partNumber: 2, start: 1_000_000, end: 2_000_000 },
    { partNumber: 4, start: 2_500_000, end: bytes.length },
  ]
  const { frontier } = await prepare({ ranges: ranges.toReversed(), onRange: (digest) => digests.push(digest) })
  frontier.advanceTo(bytes.length)
  expect(await frontier.digest).toBe(sha256Of(bytes))
  expect(digests).toEqual(
    ranges.map((range) => {
      const content = bytes.subarray(range.start, range.end)
      return { ...range, sha256: sha256Of(content), crc32: crc32(content) }
    }),
  )
})

test('a file that ends before its size is one that something writes to', async () => {
  const { frontier, path } = await prepare()
  await truncate(path, 1000)
  frontier.advanceTo(bytes.length)
  await expect(frontier.digest).rejects.toMatchObject({ name: 'SourceError', code: 'source_changed' })
})

test('a file that cannot be read any more is said to be so', async () => {
  const frontier = createHashFrontier({ fd: 1_000_000, sizeBytes: 10 })
  frontier.advanceTo(10)
  await expect(frontier.digest).rejects.toMatchObject({ name: 'SourceError', code: 'unreadable' })
  await frontier.close()
})

test('closing ends a worker that waits, and its digest with it', async () => {
  const { frontier } = await prepare()
  await frontier.close()
  await expect(frontier.digest).rejects.toMatchObject({ code: 'hashing_stopped' })
})

test('who waits for a digest is told that time passes, and may stop waiting', async () => {
  const clock = createManualClock()
  const caller = new AbortController()
  let ticks = 0
  const waiting = awaitDigest(new Promise(() => undefined), { clock, signal: caller.signal, onTick: () => ticks++ })
  for (let turn = 0; turn < 3; turn++) {
    clock.advance(200)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(ticks).toBe(3)
  caller.abort('enough')
  await expect(waiting).rejects.toBe('enough')
  expect(clock.sleeperCount).toBe(0)
})
