import { EventEmitter } from 'node:events'
import { CancelledError, DestinationError, type DownloadResult, SourceError, type UploadEvent } from '@slipway/sdk'
import { describe, expect, it } from 'vitest'
import type { Sdk } from '../src/host.ts'
import { fakeSdk, image, snapshot, uploadResult } from './fake-sdk.ts'
import { nowMs, run } from './run-in-process.ts'

const planned: UploadEvent = {
  type: 'planned',
  image,
  plan: { sizeBytes: 1024 ** 3, partSizeBytes: 1024 ** 2 * 16, partCount: 64 },
  isResumed: false,
}

function uploading(events: readonly UploadEvent[], asked: unknown[] = []): Partial<Sdk> {
  return {
    ...fakeSdk(),
    uploadImage: async (_client, { onEvent, ...options }) => {
      asked.push(options)
      for (const event of events) onEvent?.(event)
      return uploadResult
    },
  }
}

describe('slipway images upload', () => {
  it('hands every option to the SDK, in its units', async () => {
    const asked: unknown[] = []
    const argv = ['--name', 'n', '--workspace', 'prod', '--concurrency', '3', '--part-size', '64MiB']
    await run(['upload', 'disk.img', ...argv], { sdk: uploading([], asked), env: { XDG_STATE_HOME: '/state' } })
    expect(asked).toMatchObject([
      {
        source: 'disk.img',
        name: 'n',
        workspace: 'sfc:workspace:acme:prod',
        concurrency: 3,
        partSizeBytes: 64 * 1024 ** 2,
        journalDirectory: '/state/slipway/uploads',
      },
    ])
  })

  it('prints the image as data and the rest as talk', async () => {
    const { exitCode, stdout, stderr } = await run(['upload', '/a/disk.img'], { sdk: uploading([planned]) })
    expect(exitCode).toBe(0)
    expect(stderr).toBe('Uploaded disk.img: 1.0 GiB in 8.0 s, 128 MiB/s, 64 parts\n')
    expect(stdout).toMatchSnapshot()
  })

  it('prints one JSON object with --json, and JSON lines of what happens meanwhile to stderr', async () => {
    let clockMs = nowMs
    const events: UploadEvent[] = [
      planned,
      { type: 'progress', progress: snapshot },
      { type: 'warning', code: 'x', message: 'the journal is damaged' },
      { type: 'completing', sha256: 'ab' },
    ]
    const { stdout, stderr } = await run(['upload', 'disk.img', '--json'], {
      sdk: uploading(events),
      host: { now: () => (clockMs += 1_000) },
      columns: 80,
    })
    const lines = stderr.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'planned', imageId: image.id, sizeBytes: 1024 ** 3, partCount: 64, isResumed: false },
      { type: 'progress', phase: 'uploading', totalBytes: 1024 ** 3, confirmedBytes: 512 * 1024 ** 2, etaMs: 5000 },
      { type: 'warning', message: 'the journal is damaged' },
      { type: 'progress', phase: 'verifying', retryCount: 0 },
    ])
    const quiet = await run(['upload', 'disk.img', '--json', '-q'], { sdk: uploading([planned]) })
    expect(quiet.stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({
      image: { id: image.id, createdAt: '2026-06-01T11:55:00.000Z' },
      sizeBytes: 1024 ** 3,
      sha256: 'ab'.repeat(32),
      partCount: 64,
      durationMs: 8000,
      retryCount: 0,
      reusedBytes: 0,
      sentBytes: 1024 ** 3,
      isSkipped: false,
    })
  })

  it('prints the id alone with --quiet', async () => {
    const events: UploadEvent[] = [planned, { type: 'progress', progress: snapshot }]
    const quiet = await run(['upload', 'disk.img', '--quiet'], { columns: 80, sdk: uploading(events) })
    expect(quiet).toEqual({ exitCode: 0, stdout: `${image.id}\n`, stderr: '' })
  })

  it('draws a bar on a terminal, and takes it away at the end', async () => {
    const events: UploadEvent[] = [planned, { type: 'progress', progress: snapshot }]
    const { stderr } = await run(['upload', 'disk.img'], { columns: 80, sdk: uploading(events) })
    expect(stderr).toContain('512 MiB of 1.0 GiB · 100 MiB/s')
    const afterBar = stderr.slice(stderr.lastIndexOf('MiB/s ·'))
    expect(afterBar).toContain('\u001b[2K')
    expect(afterBar.trimEnd()).toMatch(/64 parts$/)
  })

  it.each([{ TERM: 'dumb' }, { CI: 'true' }])('draws no bar with %j', async (env) => {
    const events: UploadEvent[] = [planned, { type: 'progress', progress: snapshot }]
    const { stderr } = await run(['upload', 'disk.img'], { columns: 80, env, sdk: uploading(events) })
    expect(stderr).not.toContain('█')
    expect(stderr).not.toContain('\u001b[2K')
  })

  it('writes a plain line every five seconds into a pipe', async () => {
    let clockMs = nowMs
    const events = [1, 2, 3].map((): UploadEvent => ({ type: 'progress', progress: snapshot }))
    const sdk: Partial<Sdk> = {
      ...fakeSdk(),
      uploadImage: async (_client, { onEvent }) => {
        for (const event of events) {
          clockMs += 2_500
          onEvent?.(event)
        }
        onEvent?.({ type: 'completing', sha256: 'ab' })
        return uploadResult
      },
    }
    const { stderr } = await run(['upload', 'disk.img'], { sdk, host: { now: () => clockMs } })
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      'Uploading: 50%, 512 MiB of 1.0 GiB, 100 MiB/s, 5 s left, 4 parts in flight',
      'Verifying',
    ])
  })

  it('shows warnings, and retries with --debug', async () => {
    const error = new SourceError('the connection was reset', { code: 'connection_reset' })
    const events: UploadEvent[] = [
      { ...planned, isResumed: true },
      { type: 'warning', code: 'x', message: 'the journal\nis damaged' },
      { type: 'part_retried', partNumber: 7, attempt: 1, delayMs: 100, error },
    ]
    const { stderr } = await run(['upload', 'disk.img', '--debug'], { sdk: uploading(events) })
    expect(stderr.split('\n').slice(0, 3)).toEqual([
      `Going on with ${image.id}: what is there is not sent again`,
      'warning: the journal is damaged',
      'part 7, attempt 1: the connection was reset',
    ])
    expect((await run(['upload', 'disk.img'], { sdk: uploading(events) })).stderr).not.toContain('attempt 1')
  })

  it('says at Ctrl-C how far it came and how to go on', async () => {
    const signals = new EventEmitter()
    const sdk: Partial<Sdk> = {
      ...fakeSdk(),
      uploadImage: async (_client, { onEvent, signal }) => {
        onEvent?.(planned)
        onEvent?.({ type: 'progress', progress: snapshot })
        signals.emit('SIGINT')
        throw new CancelledError('stopped on request', { code: 'cancelled', cause: signal?.reason })
      },
    }
    const { exitCode, stdout, stderr } = await run(['upload', 'disk.img'], { sdk, signals })
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' })
    expect(stderr).toBe(
      `stopped: 512 MiB of 1.0 GiB are on the server, as ${image.id}\nhint: run the same command again to go on\n`,
    )
  })

  it('exits with 143 when it is terminated', async () => {
    const signals = new EventEmitter()
    const sdk: Partial<Sdk> = {
      ...fakeSdk(),
      uploadImage: async () => {
        signals.emit('SIGTERM')
        throw new CancelledError('stopped on request', { code: 'cancelled' })
      },
    }
    const { exitCode, stderr } = await run(['upload', 'disk.img'], { sdk, signals })
    expect(exitCode).toBe(143)
    expect(stderr).toContain('before anything was sent')
  })
})

describe('slipway images download', () => {
  const result: DownloadResult = {
    sizeBytes: 1024 ** 3,
    sha256: 'ab'.repeat(32),
    isVerified: true,
    durationMs: 4_000,
    retryCount: 1,
    reusedBytes: 512 * 1024 ** 2,
  }
  const downloading = (asked: unknown[] = [], downloaded = result): Partial<Sdk> => ({
    ...fakeSdk(),
    downloadImage: async (_client, { onEvent, ...options }) => {
      asked.push(options)
      const { sizeBytes, sha256, reusedBytes } = downloaded
      onEvent?.({ type: 'planned', sizeBytes, sha256, reusedBytes })
      onEvent?.({ type: 'verifying' })
      return downloaded
    },
  })

  it('says what it did and what the file holds', async () => {
    const asked: unknown[] = []
    const { exitCode, stdout, stderr } = await run(['download', 'ubuntu-24.04', 'out.img', '-f'], {
      sdk: downloading(asked),
    })
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`file    out.img\nsha256  ${'ab'.repeat(32)}\n`)
    expect(stderr).toBe(
      'Going on: 512 MiB are here already\n' +
        'Verifying\n' +
        'Downloaded ubuntu-24.04: 1.0 GiB in 4.0 s, 128 MiB/s, 512 MiB were here already, 1 retry, digest verified\n',
    )
    expect(asked).toMatchObject([{ ref: 'ubuntu-24.04', destination: 'out.img', overwrite: true }])
  })

  it('warns of a disk that has no room for what is to come, and goes on', async () => {
    const huge = { ...result, sizeBytes: 1024 ** 6, reusedBytes: 0 }
    const { exitCode, stderr } = await run(['download', 'ubuntu-24.04', 'out.img'], { sdk: downloading([], huge) })
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^warning: 1048576 TiB are to come and .* are free beside out\.img: /)
    // What an earlier run has left need not come again.
    const nearlyDone = { ...huge, reusedBytes: huge.sizeBytes - 1 }
    const resumed = await run(['download', 'ubuntu-24.04', 'out.img'], { sdk: downloading([], nearlyDone) })
    expect(resumed.stderr).not.toContain('warning')
  })

  it('prints one JSON object with --json and nothing with --quiet', async () => {
    const json = await run(['download', 'ubuntu-24.04', 'out.img', '--json'], { sdk: downloading() })
    expect(JSON.parse(json.stdout)).toEqual({ ref: 'ubuntu-24.04', file: 'out.img', ...result })
    const quiet = await run(['download', 'ubuntu-24.04', 'out.img', '-q'], { sdk: downloading() })
    expect(quiet).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  it('names --force when the file is there already', async () => {
    const downloadImage = async () => {
      throw new DestinationError('out.img exists already', { code: 'exists' })
    }
    const { exitCode, stderr } = await run(['download', 'x', 'out.img'], { sdk: { ...fakeSdk(), downloadImage } })
    expect(exitCode).toBe(8)
    expect(stderr).toBe(
      'error: out.img exists already\nhint: choose another FILE, or overwrite this one with --force\n',
    )
  })
})
