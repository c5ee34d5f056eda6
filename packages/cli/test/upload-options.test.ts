import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type Image, NotFoundError, SourceError, type UploadImageOptions } from '@slipway/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sdk } from '../src/host.ts'
import { type FakeClientOptions, fakeSdk, image, uploadResult } from './fake-sdk.ts'
import { nowMs, run } from './run-in-process.ts'

const bytes = Buffer.alloc(200_000, 'a disk image ')
const sha256 = createHash('sha256').update(bytes).digest('hex')
let directory: string
let file: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  file = join(directory, 'disk.img')
  await writeFile(file, bytes)
})
afterAll(() => rm(directory, { recursive: true }))

const notFound = new NotFoundError({
  method: 'GET',
  path: '/v2/images/x',
  status: 404,
  type: 'not_found',
  code: 'image_not_found',
  reason: 'there is no such image',
  details: [],
  requestId: undefined,
  retryAfterMs: undefined,
})

interface Server {
  readonly found?: Image
  /** It can be found, but not be deleted any more. */
  readonly isGoneMeanwhile?: boolean
  readonly sizeBytes?: number
  readonly account?: FakeClientOptions['account']
}

/** A server with at most one image, and what was done to it; an upload reads its source to the end. */
function server({ found, isGoneMeanwhile = false, sizeBytes = bytes.length, account }: Server = {}) {
  const done: string[] = []
  const uploads: UploadImageOptions[] = []
  const received: Buffer[] = []
  const sdk: Partial<Sdk> = {
    ...fakeSdk({
      ...(account && { account }),
      images: {
        get: async (ref: string) => {
          done.push(`get ${ref}`)
          if (!found) throw notFound
          return found
        },
        delete: async (ref: string) => {
          done.push(`delete ${ref}`)
          if (isGoneMeanwhile) throw notFound
        },
        getDownload: async () => ({ url: 'http://x', expiresAt: new Date(0), sha256, sizeBytes }),
      },
    }),
    abortUpload: async (_client, { image: ref }) => void done.push(`abort ${ref}`),
    uploadImage: async (_client, options) => {
      done.push('upload')
      uploads.push(options)
      const { source } = options
      if (typeof source === 'string') return uploadResult
      try {
        for await (const chunk of source as AsyncIterable<Buffer>) received.push(chunk)
      } catch (cause) {
        throw new SourceError(`the stream failed: ${(cause as Error).message}`, { code: 'unreadable', cause })
      }
      return uploadResult
    },
  }
  return { sdk, done, uploads, received: () => Buffer.concat(received) }
}

describe('slipway upload --if-exists', () => {
  const upload = (ifExists: string, { sdk }: { sdk: Partial<Sdk> }, ...more: string[]) =>
    run(['upload', file, '--name', 'n', '--if-exists', ifExists, ...more], { sdk })
  const same: Image = { ...image, name: 'n', sha256 }

  it('fail goes on with nothing, and resume with what is unfinished', async () => {
    const there = server({ found: same })
    await upload('fail', there)
    await upload('resume', there)
    expect(there.uploads.map(({ resume }) => resume)).toEqual([false, true])
    expect(there.done).toEqual(['upload', 'upload'])
  })

  it('replace deletes a finished image just before', async () => {
    const there = server({ found: same })
    const { exitCode, stderr } = await upload('replace', there)
    expect(exitCode).toBe(0)
    expect(there.done).toEqual(['get sfc:image:acme:default:n', `delete ${image.id}`, 'upload'])
    expect(stderr).toContain(`Deleted the earlier n (${image.id})\n`)
  })

  it('replace goes on when the image is gone by the time it is deleted, as after a deletion that arrived twice', async () => {
    const there = server({ found: same, isGoneMeanwhile: true })
    expect((await upload('replace', there)).exitCode).toBe(0)
    expect(there.done).toEqual(['get sfc:image:acme:default:n', `delete ${image.id}`, 'upload'])
  })

  it('replace deletes nothing when the image does not pass', async () => {
    const there = server({ found: same })
    expect((await upload('replace', there, '--strict')).exitCode).toBe(8)
    expect(there.done).toEqual([])
  })

  it.each<[string, number, () => readonly string[], string]>([
    ['a file that is not there', 8, () => [join(directory, 'nowhere')], 'nowhere does not exist'],
    ['a folder', 8, () => [directory], 'is a folder'],
    ['an empty stream', 8, () => ['-'], 'standard input is empty'],
    ['parts that are too small', 2, () => [file, '--part-size', '1MiB'], '--part-size: '],
    ['too many parts at once', 2, () => [file, '--concurrency', '99'], '--concurrency must be 1 to 16, not 99'],
  ])('replace deletes nothing for the sake of %s', async (_what, expected, argv, message) => {
    const there = server({ found: same })
    const { exitCode, stderr } = await run(['upload', ...argv(), '--name', 'n', '--if-exists', 'replace'], {
      sdk: there.sdk,
    })
    expect(exitCode).toBe(expected)
    expect(stderr).toContain(message)
    expect(there.done).toEqual(['get sfc:image:acme:default:n'])
  })

  it('skip-if-same says what is wrong with a file', async () => {
    const argv = ['upload', join(directory, 'nowhere'), '--name', 'n', '--if-exists', 'skip-if-same']
    const { exitCode, stderr } = await run(argv, { sdk: server({ found: same }).sdk })
    expect(exitCode).toBe(8)
    expect(stderr).toContain('nowhere does not exist\n')
  })

  it('replace goes on with an unfinished upload, or discards it with --no-resume', async () => {
    const there = server({ found: { ...same, uploadStatus: 'uploading' } })
    await upload('replace', there)
    await upload('replace', there, '--no-resume')
    expect(there.done.filter((step) => !step.startsWith('get'))).toEqual(['upload', `abort ${image.id}`, 'upload'])
  })

  it('skip-if-same sends nothing when the bytes are there', async () => {
    const there = server({ found: same })
    const { exitCode, stdout } = await upload('skip-if-same', there, '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      image: { id: image.id },
      isSkipped: true,
      sizeBytes: bytes.length,
      sha256,
      sentBytes: 0,
    })
    const talk = await upload('skip-if-same', there)
    expect(talk.stderr).toContain('Skipped disk.img: the same 195 KiB are there already\n')
    expect(there.done).not.toContain('upload')
  })

  it.each([
    ['other bytes', { found: { ...same, sha256: 'cd'.repeat(32) } }, 'holds other bytes'],
    ['another size', { found: same, sizeBytes: 1 }, 'has another size (1 bytes, not 200000)'],
    ['been revoked', { found: { ...same, uploadStatus: 'revoked' as const } }, 'is revoked'],
  ])('skip-if-same is a conflict when the image has %s', async (_what, options, message) => {
    const there = server(options)
    const { exitCode, stderr } = await upload('skip-if-same', there)
    expect(exitCode).toBe(5)
    expect(stderr).toContain(`error: n (${image.id}) is there already, and ${message}\nhint: choose another --name`)
    expect(there.done).not.toContain('upload')
  })

  it('skip-if-same uploads when there is none', async () => {
    const there = server()
    expect((await upload('skip-if-same', there)).exitCode).toBe(0)
    expect(there.done).toEqual(['get sfc:image:acme:default:n', 'upload'])
  })
})

describe('slipway upload -', () => {
  it('sends standard input', async () => {
    const there = server()
    const stdin = Readable.from([bytes.subarray(0, 10), bytes.subarray(10)])
    const { exitCode, stderr } = await run(['upload', '-'], { sdk: there.sdk, stdin })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('Uploaded standard input: ')
    expect(there.received().equals(bytes)).toBe(true)
    expect(stdin.destroyed).toBe(true)
  })

  it('stops at Ctrl-C while it waits for a silent pipe', async () => {
    const signals = new EventEmitter()
    const stdin = new PassThrough()
    stdin.on('newListener', () => queueMicrotask(() => signals.emit('SIGINT')))
    const { exitCode, stderr } = await run(['upload', '-'], {
      sdk: server().sdk,
      stdin,
      signals,
      host: { exitNow: () => {} },
    })
    expect(exitCode).toBe(130)
    expect(stderr).toBe('stopped: before the command was done\n')
  })

  it('refuses a terminal', async () => {
    const stdin = Object.assign(Readable.from([bytes]), { isTTY: true })
    const { exitCode, stderr } = await run(['upload', '-'], { sdk: server().sdk, stdin })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error: standard input is a terminal, not an image\nhint: pipe the image in')
  })
})

describe('slipway upload --decompress', () => {
  it.each([
    ['gzip', gzipSync(bytes)],
    ['zstd', zstdCompressSync(bytes)],
  ])('unpacks %s on the way, from a file and from standard input', async (name, packed) => {
    const path = join(directory, name)
    await writeFile(path, packed)
    const [fromFile, fromStdin] = [server(), server()]
    await run(['upload', path, '--decompress'], { sdk: fromFile.sdk })
    await run(['upload', '-', '--decompress'], { sdk: fromStdin.sdk, stdin: Readable.from([packed]) })
    expect(fromFile.received().equals(bytes)).toBe(true)
    expect(fromStdin.received().equals(bytes)).toBe(true)
  })

  it('looks at what comes out before anything is created', async () => {
    const path = join(directory, 'strict.gz')
    await writeFile(path, gzipSync(bytes))
    const there = server()
    const { exitCode, stderr } = await run(['upload', path, '--decompress', '--strict'], { sdk: there.sdk })
    expect(exitCode).toBe(8)
    expect(stderr).toContain('no partition table')
    expect(there.done).toEqual([])
  })

  it('refuses what is not packed, cut short, or not there', async () => {
    const cut = join(directory, 'cut.gz')
    await writeFile(cut, gzipSync(Buffer.concat([bytes, createHash('sha512').update('x').digest()])).subarray(0, -9))
    const refused = async (path: string) => {
      const { exitCode, stderr } = await run(['upload', path, '--decompress', '-q'], { sdk: server().sdk })
      expect(exitCode).toBe(8)
      return stderr
    }
    expect(await refused(file)).toContain(
      `error: ${file} is not packed with gzip, zstd or xz\nhint: leave --decompress`,
    )
    expect(await refused(cut)).toContain(
      `error: ${cut} cannot be unpacked as gzip: unexpected end of file\nhint: it is`,
    )
    expect(await refused(join(directory, 'nowhere'))).toContain('nowhere does not exist')
    expect(await refused(directory)).toContain('is a folder')
  })
})

describe('what is checked before an upload', () => {
  it('is warned of, and with --strict refused', async () => {
    const there = server()
    const warned = await run(['upload', file], { sdk: there.sdk })
    expect(warned.exitCode).toBe(0)
    expect(warned.stderr).toContain(`warning: ${file}: it has no partition table: it may not boot\n`)
    expect((await run(['upload', file, '-q'], { sdk: there.sdk })).stderr).toBe('')
    const strict = await run(['upload', file, '--strict'], { sdk: server().sdk })
    expect(strict.exitCode).toBe(8)
    expect(strict.stderr).toContain('hint: without --strict this is only a warning; nothing was created\n')
  })

  it.each([
    ['a reader', { id: 'acme', role: 'reader', isFrozen: false }, 'the token may only read (its role is reader)'],
    ['a frozen account', { id: 'acme', role: 'admin', isFrozen: true }, 'the account acme is frozen'],
  ])('stops %s before anything is created', async (_who, account, message) => {
    const there = server({ account: { get: async () => account } })
    const { exitCode, stderr } = await run(['upload', file], { sdk: there.sdk })
    expect(exitCode).toBe(3)
    expect(stderr).toContain(`error: ${message}`)
    expect(there.done).toEqual([])
  })

  it('says that the clock is off, and goes on when the server cannot be probed', async () => {
    const skewed = async () => ({ status: 200, roundTripMs: 1, serverTimeMs: nowMs + 600_000 })
    const { stderr } = await run(['upload', file], { sdk: server().sdk, host: { probe: skewed } })
    expect(stderr).toContain("warning: this machine's clock is 10 m 00 s behind the server's")
    const failing = async () => {
      throw new Error('fetch failed')
    }
    expect((await run(['upload', file], { sdk: server().sdk, host: { probe: failing } })).exitCode).toBe(0)
  })
})
