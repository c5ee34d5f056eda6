import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuthenticationError, NotFoundError } from '@slipway/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeClientOptions, fakeSdk, image } from './fake-sdk.ts'
import { nowMs, type RunOptions, run } from './run-in-process.ts'

let directory: string
let file: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  file = join(directory, 'disk.img')
  await writeFile(file, 'a disk')
  await truncate(file, 8 * 2 ** 20)
})
afterAll(() => rm(directory, { recursive: true }))

const about = { method: 'GET', path: '/x', details: [], requestId: undefined, retryAfterMs: undefined } as const

function doctor(argv: readonly string[], fake: FakeClientOptions = {}, options: RunOptions = {}) {
  const sdk = fakeSdk({
    capabilities: async () => ({
      server: 'slipway-proxy/1',
      hasPartList: true,
      hasPartDigests: true,
      verifiesDigest: true,
    }),
    ...fake,
  })
  return run(['doctor', ...argv], { sdk, ...options })
}

const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, '  '))

describe('slipway doctor', () => {
  it('looks at everything, a line each', async () => {
    const { exitCode, stdout, stderr } = await doctor([file])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(lines(stdout)).toEqual(
      expect.arrayContaining([
        'ok  format  raw',
        expect.stringMatching(/^ok {2}size {2}8\.0 MiB \(8388608 bytes\), 8\.0 MiB of it holes$/),
        'warn  image  it has no partition table: it may not boot',
        'ok  configuration  profile default; http://127.0.0.1:1 (from SLIPWAY_API_URL)',
        'ok  token source  SLIPWAY_TOKEN',
        'ok  server  answers in 2 ms',
        "ok  clock  the same as the server's",
        'ok  token  account acme, role admin',
        'ok  software  slipway-proxy/1, uploads can be gone on with from anywhere',
      ]),
    )
  })

  it('counts warnings as failures with --strict only', async () => {
    const { exitCode, stderr } = await doctor([file, '--strict'])
    expect(exitCode).toBe(8)
    expect(stderr).toMatch(/^error: 1 of \d+ checks warn, and --strict was given\n$/)
  })

  it('goes on after a failure, and exits with its code', async () => {
    const refusal = new AuthenticationError({
      ...about,
      status: 401,
      type: 'x',
      code: 'x',
      reason: 'the token is not valid',
    })
    const account = {
      get: async () => {
        throw refusal
      },
    }
    const probe = async () => ({ status: 200, roundTripMs: 2, serverTimeMs: nowMs + 600_000 })
    const { exitCode, stdout, stderr } = await doctor([], { account }, { host: { probe } })
    expect(exitCode).toBe(3)
    expect(lines(stdout)).toEqual(
      expect.arrayContaining(['FAIL  token  the token is not valid (401)', expect.stringContaining('warn  clock')]),
    )
    expect(stderr).toMatch(/^error: 1 of \d+ checks failed\n$/)
  })

  it('says what keeps the server from answering', async () => {
    const probe = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })
    }
    const { exitCode, stdout } = await doctor([], {}, { host: { probe } })
    expect(exitCode).toBe(6)
    expect(stdout).toContain('http://127.0.0.1:1 does not answer: the connection was refused')
  })

  it.each([
    ['one that is not there', () => join(directory, 'nowhere'), 'does not exist'],
    ['a folder', () => directory, 'is a folder'],
    ['a device', () => '/dev/null', 'is not a regular file'],
  ])('refuses as FILE %s', async (_what, path, message) => {
    const { exitCode, stdout } = await doctor([path()])
    expect(exitCode).toBe(8)
    expect(stdout).toContain(message)
  })

  it('says whether a name is free', async () => {
    const missing = new NotFoundError({
      ...about,
      status: 404,
      type: 'not_found',
      code: 'image_not_found',
      reason: 'no',
    })
    const get = async () => {
      throw missing
    }
    expect((await doctor(['--name', 'n'], { images: { get } })).stdout).toMatch(/ok {4}name +n is free/)
    const taken = await doctor(['--name', 'n'], { images: { get: async () => image } })
    expect(taken.exitCode).toBe(5)
    expect(taken.stdout).toContain(`n is taken by ${image.id}`)
    expect((await doctor(['--name', 'no spaces'])).exitCode).toBe(2)
  })

  it('prints a JSON object a check with --json', async () => {
    const { stdout } = await doctor([file, '--json'])
    const findings = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(findings).toContainEqual({ check: 'format', status: 'ok', message: 'raw', hint: null, exitCode: null })
  })
})
