import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startHoldingRelay } from './holding-relay.ts'
import { slipwayBin, spawnSlipway } from './spawn-slipway.ts'
import { startProxy, type TestProxy } from './start-proxy.ts'

// Each test starts several processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const MiB = 2 ** 20
let proxy: TestProxy
let directory: string
let env: Record<string, string>
let readerToken: string
/** Three parts of 5 MiB and a byte; other bytes at every place. */
let source: string

const slipway = (argv: readonly string[], more: Record<string, string> = {}, stdin?: Buffer) =>
  spawnSlipway(argv, { env: { ...env, ...more }, stdin })

const slipwayBytes = async (argv: readonly string[]): Promise<Buffer> => {
  const options = { env: { PATH: process.env.PATH, ...env }, encoding: 'buffer', maxBuffer: 64 * MiB } as const
  return (await promisify(execFile)(process.execPath, [slipwayBin, ...argv], options)).stdout
}

beforeAll(async () => {
  proxy = await startProxy()
  directory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  env = { HOME: directory, SLIPWAY_API_URL: `${proxy.url}/v2/`, SLIPWAY_TOKEN: await proxy.createToken('admin') }
  readerToken = await proxy.createToken('reader')
  source = join(directory, 'disk.img')
  const bytes = Buffer.alloc(15 * MiB + 1)
  for (let at = 0; at < bytes.length; at += 32) createHash('sha256').update(`${at}`).digest().copy(bytes, at)
  await writeFile(source, bytes)
}, 60_000)

afterAll(async () => {
  await proxy?.stop()
  if (directory) await rm(directory, { recursive: true })
})

describe('against a real proxy', () => {
  it('moves a file up and down, byte for byte, as a script would', async () => {
    const upload = await slipway(['images', 'upload', source, '--name', 'round-trip', '--part-size', '5MiB', '--quiet'])
    expect(upload).toMatchObject({ exitCode: 0, stderr: '' })
    const id = upload.stdout.trim()
    expect(id).toMatch(/^image_/)

    const got = JSON.parse((await slipway(['images', 'get', id, '--json'])).stdout)
    const sha256 = createHash('sha256')
      .update(await readFile(source))
      .digest('hex')
    expect(got).toMatchObject({ id, name: 'round-trip', uploadStatus: 'completed', sha256, sha256Verified: true })
    expect((await slipway(['ls', '--quiet'])).stdout.split('\n')).toContain(id)

    const destination = join(directory, 'round-trip.img')
    const download = await slipway(['download', 'round-trip', destination, '--json'])
    expect(JSON.parse(download.stdout)).toMatchObject({ sizeBytes: 15 * MiB + 1, sha256, isVerified: true })
    expect((await readFile(destination)).equals(await readFile(source))).toBe(true)
  })

  it('tells in JSON what an upload did', async () => {
    const { stdout } = await slipway(['upload', source, '--part-size', '5MiB', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ sizeBytes: 15 * MiB + 1, partCount: 4, reusedBytes: 0 })
  })

  it('revokes, reinstates and deletes', async () => {
    const { stdout } = await slipway(['upload', source, '--name', 'short-lived', '-q'])
    const copy = join(directory, 'short-lived.img')
    expect((await slipway(['images', 'revoke', stdout.trim()])).exitCode).toBe(0)
    expect((await slipway(['download', 'short-lived', copy])).exitCode).toBe(5)
    expect((await slipway(['images', 'reinstate', 'short-lived'])).exitCode).toBe(0)
    expect((await slipway(['download', 'short-lived', copy])).exitCode).toBe(0)
    expect((await slipway(['images', 'delete', 'short-lived'])).exitCode).toBe(0)
    expect((await slipway(['images', 'get', 'short-lived'])).exitCode).toBe(4)
  })

  it('knows who asks', async () => {
    const { stdout } = await slipway(['whoami', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ role: 'admin', apiUrl: proxy.url })
  })

  it('stops an upload at SIGINT and goes on with it when the same command is given again', async () => {
    const relay = await startHoldingRelay(proxy.url, 2)
    try {
      const through = { ...env, SLIPWAY_API_URL: relay.url }
      const argv = ['upload', source, '--name', 'interrupted', '--part-size', '5MiB', '--concurrency', '1']
      const stopped = await spawnSlipway(argv, {
        env: through,
        onStart: (child) => void relay.held.then(() => child.kill('SIGINT')),
      })
      expect(stopped).toMatchObject({ exitCode: 130, stdout: '' })
      expect(stopped.stderr).toMatch(/stopped: .* as image_\S+\nhint: run the same command again to go on\n$/)
      relay.release()
      const again = await spawnSlipway([...argv, '--json'], { env: through })
      expect(JSON.parse(again.stdout)).toMatchObject({ image: { name: 'interrupted' }, reusedBytes: 10 * MiB })
    } finally {
      relay.stop()
    }
  })
})

describe('an unfinished upload', () => {
  /** Leaves an upload with two of its four parts on the server. */
  async function leaveUnfinished(name: string): Promise<void> {
    const relay = await startHoldingRelay(proxy.url, 2)
    try {
      const stopped = await spawnSlipway(
        ['upload', source, '--name', name, '--part-size', '5MiB', '--concurrency', '1'],
        {
          env: { ...env, SLIPWAY_API_URL: relay.url },
          onStart: (child) => void relay.held.then(() => child.kill('SIGINT')),
        },
      )
      expect(stopped.exitCode).toBe(130)
    } finally {
      relay.stop()
    }
  }

  it('is gone on with from another machine, by the parts that the server lists', async () => {
    await leaveUnfinished('moved')
    const parts = (await slipway(['images', 'parts', 'moved'])).stdout.trimEnd().split('\n')
    expect(parts.map((line) => line.split('\t').slice(0, 2))).toEqual([
      ['1', '5242880'],
      ['2', '5242880'],
    ])
    const elsewhere = { XDG_STATE_HOME: join(directory, 'another-machine') }
    const { stdout } = await slipway(['images', 'resume', 'moved', source, '--json'], elsewhere)
    expect(JSON.parse(stdout)).toMatchObject({ reusedBytes: 10 * MiB, image: { name: 'moved', sha256Verified: true } })
    expect((await slipway(['images', 'resume', 'moved', source])).exitCode).toBe(5)
  })

  it('is discarded by abort, and refused by --if-exists fail', async () => {
    await leaveUnfinished('dropped')
    expect((await slipway(['upload', source, '--name', 'dropped', '--if-exists', 'fail'])).exitCode).toBe(5)
    expect((await slipway(['images', 'abort', 'dropped'])).exitCode).toBe(0)
    expect((await slipway(['images', 'get', 'dropped'])).exitCode).toBe(4)
    expect((await slipway(['images', 'abort', 'round-trip'])).exitCode).toBe(2)
  })
})

describe('an image that is there already', () => {
  it('is left alone when it is the same, and replaced on request', async () => {
    const upload = async (file: string, ...more: string[]) => {
      const run = await slipway(['upload', file, '--name', 'nightly', '--json', '-q', ...more])
      return { exitCode: run.exitCode, result: run.stdout === '' ? undefined : JSON.parse(run.stdout) }
    }
    const other = join(directory, 'other.img')
    await writeFile(other, 'a new night')
    const first = await upload(source, '--if-exists', 'skip-if-same')
    const second = await upload(source, '--if-exists', 'skip-if-same')
    expect(first.result).toMatchObject({ isSkipped: false })
    expect(second.result).toMatchObject({ isSkipped: true, image: { id: first.result.image.id } })
    expect((await upload(other, '--if-exists', 'skip-if-same')).exitCode).toBe(5)
    const replaced = await upload(other, '--if-exists', 'replace')
    expect(replaced.result).toMatchObject({ sizeBytes: 11, image: { name: 'nightly' } })
    expect(replaced.result.image.id).not.toBe(first.result.image.id)
    expect((await slipway(['images', 'verify', 'nightly', other])).exitCode).toBe(0)
    expect((await slipway(['images', 'verify', 'nightly'])).exitCode).toBe(0)
    expect((await slipway(['images', 'verify', 'nightly', source])).exitCode).toBe(7)
  })
})

describe('pipes', () => {
  it('carry an image up, packed, and down again', async () => {
    const packed = zstdCompressSync(await readFile(source))
    const up = await slipway(
      ['upload', '-', '--decompress', '--name', 'piped', '--part-size', '5MiB', '-q'],
      {},
      packed,
    )
    expect(up).toMatchObject({ exitCode: 0, stderr: '' })
    const down = await slipwayBytes(['download', 'piped', '-'])
    expect(down.equals(await readFile(source))).toBe(true)
  })
})

describe('workspaces', () => {
  it('are made, listed, renamed, used and deleted by name', async () => {
    const id = (await slipway(['workspaces', 'create', 'lab', '--quiet'])).stdout.trim()
    expect((await slipway(['workspaces', 'list', '-q'])).stdout.split('\n')).toContain(id)
    expect((await slipway(['workspaces', 'rename', 'lab', 'lab-2'])).exitCode).toBe(0)
    const uploaded = await slipway(['upload', source, '--workspace', 'lab-2', '--name', 'n', '-q'])
    expect((await slipway(['ls', '--workspace', 'lab-2', '-q'])).stdout).toBe(uploaded.stdout)
    expect((await slipway(['workspaces', 'delete', 'lab-2'])).exitCode).toBe(5)
    await slipway(['rm', uploaded.stdout.trim()])
    expect((await slipway(['workspaces', 'delete', id])).exitCode).toBe(0)
    expect((await slipway(['workspaces', 'get', id])).exitCode).toBe(4)
  })
})

describe('tokens', () => {
  it('are made for a role, used, listed without their secrets and revoked', async () => {
    const made = JSON.parse((await slipway(['tokens', 'create', 'night', '--role', 'reader', '--json'])).stdout)
    const asReader = { SLIPWAY_TOKEN: made.token as string }
    expect(JSON.parse((await slipway(['whoami', '--json'], asReader)).stdout)).toMatchObject({ role: 'reader' })
    expect((await slipway(['tokens', 'list'], asReader)).exitCode).toBe(3)
    const listed = (await slipway(['tokens', 'list'])).stdout
    expect(listed).toContain(`${made.id}\tnight\treader\tactive`)
    expect(listed).not.toContain(made.token)
    expect((await slipway(['tokens', 'revoke', made.id])).exitCode).toBe(0)
    expect((await slipway(['whoami'], asReader)).exitCode).toBe(3)
    expect((await slipway(['tokens', 'list'])).stdout).toContain(`${made.id}\tnight\treader\trevoked`)
  })

  it('are uploaders for 90 days unless asked otherwise, and quiet prints the secret alone', async () => {
    const token = (await slipway(['tokens', 'create', 'plain', '-q'])).stdout.trim()
    expect(token).toMatch(/^sk_live_[A-Za-z0-9_-]+$/)
    expect(JSON.parse((await slipway(['whoami', '--json'], { SLIPWAY_TOKEN: token })).stdout)).toMatchObject({
      role: 'uploader',
    })
    const nobody = await slipway(['tokens', 'revoke', 'token_nobody'])
    expect(nobody.exitCode).toBe(4)
    expect((await slipway(['tokens', 'create', 'x', '--role', 'king'])).exitCode).toBe(2)
  })
})

describe('the exit codes, provoked for real', () => {
  it.each<[number, string, () => readonly string[], () => Record<string, string>]>([
    [2, 'a name that cannot be', () => ['upload', source, '--name', 'no spaces'], () => ({})],
    [2, 'parts that are too small', () => ['upload', source, '--part-size', '1MiB'], () => ({})],
    [3, 'a token that is not known', () => ['ls'], () => ({ SLIPWAY_TOKEN: 'sk_live_unknown' })],
    [3, 'a reader that uploads', () => ['upload', source], () => ({ SLIPWAY_TOKEN: readerToken })],
    [4, 'an image that is not there', () => ['images', 'get', 'nowhere'], () => ({})],
    [4, 'a workspace that is not there', () => ['upload', source, '--workspace', 'nowhere'], () => ({})],
    [5, 'a name that is taken', () => ['upload', source, '--name', 'round-trip'], () => ({})],
    [6, 'a server that is not there', () => ['whoami'], () => ({ SLIPWAY_API_URL: `http://127.0.0.1:${freePort}` })],
    [8, 'a file that is not there', () => ['upload', join(directory, 'nowhere')], () => ({})],
    [8, 'a folder in place of a file', () => ['upload', directory], () => ({})],
    [8, 'an empty file', () => ['upload', '/dev/null'], () => ({})],
    [8, 'a destination that exists', () => ['download', 'round-trip', source], () => ({})],
  ])('%d: %s', async (exitCode, _what, argv, more) => {
    const run = await slipway(argv(), more())
    expect(run).toMatchObject({ exitCode, stdout: '' })
    expect(run.stderr).toMatch(/^(?:No answer from .+\n)?(?:warning: .+\n)*error: .+\n(?:hint: .+\n)?$/)
    expect(run.stderr).not.toContain(env.SLIPWAY_TOKEN)
  })
})

/** A port on which nobody listens, as far as one can know. */
const freePort = await new Promise<number>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number }
    server.close(() => resolve(port))
  })
})
