import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHoldingRelay } from './holding-relay.ts'
import { spawnSlipway } from './spawn-slipway.ts'
import { startProxy, type TestProxy } from './start-proxy.ts'

const MiB = 2 ** 20
let proxy: TestProxy
let directory: string
let env: Record<string, string>
let readerToken: string
/** Three parts of 5 MiB and a byte; other bytes at every place. */
let source: string

const slipway = (argv: readonly string[], more: Record<string, string> = {}) =>
  spawnSlipway(argv, { env: { ...env, ...more } })

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
      expect(stopped.stderr).toMatch(/stopped: .* image image_\S+\nhint: run the same command again to go on\n$/)
      relay.release()
      const again = await spawnSlipway([...argv, '--json'], { env: through })
      expect(JSON.parse(again.stdout)).toMatchObject({ image: { name: 'interrupted' }, reusedBytes: 10 * MiB })
    } finally {
      relay.stop()
    }
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
  ])(
    '%d: %s',
    async (exitCode, _what, argv, more) => {
      const run = await slipway(argv(), more())
      expect(run).toMatchObject({ exitCode, stdout: '' })
      expect(run.stderr).toMatch(/^(?:No answer from .+\n)?error: .+\n(?:hint: .+\n)?$/)
      expect(run.stderr).not.toContain(env.SLIPWAY_TOKEN)
    },
    60_000,
  )
})

/** A port on which nobody listens, as far as one can know. */
const freePort = await new Promise<number>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number }
    server.close(() => resolve(port))
  })
})
