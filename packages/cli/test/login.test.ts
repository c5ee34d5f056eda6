import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { AuthenticationError } from '@slipway/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InputStream } from '../src/host.ts'
import { type FakeClientOptions, fakeSdk } from './fake-sdk.ts'
import { run } from './run-in-process.ts'

let homeDirectory: string
let filePath: string

beforeEach(async () => {
  homeDirectory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  filePath = join(homeDirectory, '.config', 'slipway', 'config.json')
})
afterEach(() => rm(homeDirectory, { recursive: true }))

const noEnv = { SLIPWAY_TOKEN: '', SLIPWAY_API_URL: '' }
const stored = async () => JSON.parse(await readFile(filePath, 'utf8'))

async function slipway(
  argv: readonly string[],
  options: { stdin?: InputStream; env?: Record<string, string> } & FakeClientOptions = {},
) {
  const { stdin, env, ...fake } = options
  return run(argv, {
    sdk: fakeSdk(fake),
    env: { ...noEnv, ...env },
    ...(stdin && { stdin }),
    host: { homeDirectory },
  })
}

describe('slipway login', () => {
  it('tries the token that is piped in, and stores it', async () => {
    const created: unknown[] = []
    const { exitCode, stdout, stderr } = await slipway(['login', '--api-url', 'http://lab/v2/'], {
      stdin: Readable.from(['sk_live_secret\n']),
      onCreate: (options) => created.push(options),
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(created).toMatchObject([{ apiUrl: 'http://lab', token: 'sk_live_secret' }])
    expect(stderr).toBe(`Logged in to http://lab as acme, role admin\nStored as profile default in ${filePath}\n`)
    expect(await stored()).toEqual({ apiUrl: 'http://lab', token: 'sk_live_secret' })
  })

  it('stores nothing when the server refuses it', async () => {
    const refusal = new AuthenticationError({
      method: 'GET',
      path: '/v1/account/me',
      status: 401,
      type: 'authentication_error',
      code: 'invalid_token',
      reason: 'the token is not valid',
      details: [],
      requestId: undefined,
      retryAfterMs: undefined,
    })
    const account = {
      get: async () => {
        throw refusal
      },
    }
    const { exitCode, stderr } = await slipway(['login'], { stdin: Readable.from(['sk_live_secret']), account })
    expect(exitCode).toBe(3)
    expect(stderr).not.toContain('sk_live_secret')
    await expect(stored()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('uses the first profile that is made, and keeps the ones that are there', async () => {
    await slipway(['login', '--profile', 'lab', '--token', 'one'])
    expect(await stored()).toMatchObject({ profile: 'lab', profiles: { lab: { token: 'one' } } })
    await slipway(['login', '--profile', 'other', '--token', 'two'])
    expect(await stored()).toMatchObject({
      profile: 'lab',
      profiles: { lab: { token: 'one' }, other: { token: 'two' } },
    })
  })

  it('does not show what is typed at its prompt, and understands backspace and pastes', async () => {
    const modes: boolean[] = []
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (isRaw: boolean) => modes.push(isRaw) })
    stdin.write('\u001b[200~sk_live_secretx\u001b[201~\u007f\r')
    const { exitCode, stderr } = await slipway(['login'], { stdin })
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^Paste the API token \(it is not shown\), then Enter: \nLogged in/)
    expect(await stored()).toMatchObject({ token: 'sk_live_secret' })
    expect(modes).toEqual([true, false])
  })

  it('stops at Ctrl-C in the prompt', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true })
    stdin.write('sk_\u0003')
    expect((await slipway(['login'], { stdin })).exitCode).toBe(130)
  })

  it.each([
    ['', 'the API token from standard input is empty'],
    ['two words', 'holds characters that no token has'],
    ['x'.repeat(100_000), undefined],
  ])('refuses an input of %j…', async (text, message) => {
    const account = {
      get: async () => {
        throw new Error('refused by the server')
      },
    }
    const { exitCode, stderr } = await slipway(['login'], { stdin: Readable.from([text]), account })
    expect(exitCode).toBe(message === undefined ? 1 : 2)
    expect(stderr).toContain(message ?? 'refused by the server')
  })

  it('says when a variable goes before it', async () => {
    const { stderr } = await slipway(['login', '--token', 'x'], { env: { SLIPWAY_TOKEN: 'env' } })
    expect(stderr).toContain('warning: SLIPWAY_TOKEN is set and goes before it')
  })
})

describe('slipway logout', () => {
  it('forgets the token and keeps the rest', async () => {
    await slipway(['login', '--token', 'x', '--api-url', 'http://lab'])
    const { exitCode, stderr } = await slipway(['logout'])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('Logged out')
    expect(await stored()).toEqual({ apiUrl: 'http://lab' })
    expect((await slipway(['logout'])).stderr).toContain('There is no token in profile default')
  })
})

describe('slipway config', () => {
  beforeEach(async () => {
    await slipway(['login', '--token', 'main'])
    await slipway(['login', '--token', 'other', '--profile', 'lab', '--api-url', 'http://lab'])
  })

  it('sets, gets and lists', async () => {
    expect((await slipway(['config', 'get', 'profile'])).stdout).toBe('default\n')
    await slipway(['config', 'set', 'profile', 'lab'])
    expect((await slipway(['config', 'get', 'api-url'])).stdout).toBe('http://lab\n')
    expect((await slipway(['config', 'get', 'token'])).stdout).toBe('other\n')
    await slipway(['config', 'set', 'token', '-'], { stdin: Readable.from(['newer']) })
    await slipway(['config', 'set', 'api-url', 'http://lab2/v2'])
    const { stdout } = await slipway(['config', 'list'])
    expect(stdout).toMatchInlineSnapshot(`
      "PROFILE  IN USE  TOKEN  API URL
      default          set    https://api.sfcompute.com
      lab      yes     set    http://lab2
      "
    `)
    expect(await stored()).toMatchObject({ profiles: { lab: { token: 'newer' } } })
    const json = (await slipway(['config', 'list', '--json'])).stdout.trimEnd().split('\n')
    expect(JSON.parse(json[1] ?? '')).toEqual({ profile: 'lab', apiUrl: 'http://lab2', hasToken: true, isInUse: true })
  })

  it.each([
    [['get', 'tokn'], 'there is no setting "tokn"', 'did you mean token?'],
    [['set', 'profile', 'nowhere'], 'there is no profile "nowhere"', 'there are default, lab'],
    [['set', 'api-url', 'lab'], 'the API URL must start with http:// or https:// (from VALUE)', 'example'],
    [['set', 'token', 'a b'], 'the API token from VALUE holds characters that no token has', 'copy it again'],
  ])('refuses %j', async (words, message, hint) => {
    const { exitCode, stderr } = await slipway(['config', ...words])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`error: ${message}`)
    expect(stderr).toContain(`hint: ${hint}`)
  })

  it('refuses to change a file that others can read', async () => {
    await writeFile(filePath, '{}')
    const { chmod } = await import('node:fs/promises')
    await chmod(filePath, 0o644)
    expect((await slipway(['config', 'set', 'api-url', 'http://x'])).stderr).toContain('chmod 600')
  })
})
