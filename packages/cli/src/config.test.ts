import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, requireToken } from './config.ts'
import { displaySettings } from './display-settings.ts'
import { journalDirectory } from './user-folders.ts'

let homeDirectory: string
let filePath: string

beforeEach(async () => {
  homeDirectory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  filePath = join(homeDirectory, '.config', 'slipway', 'config.json')
  await mkdir(join(filePath, '..'), { recursive: true })
})
afterEach(() => rm(homeDirectory, { recursive: true }))

const writeConfig = (content: unknown, mode = 0o600) =>
  writeFile(filePath, typeof content === 'string' ? content : JSON.stringify(content), { mode })
const load = (env: Record<string, string> = {}, flags: { apiUrl?: string; token?: string } = {}) =>
  loadConfig({ flags, env, homeDirectory })

describe('loadConfig', () => {
  it('talks to SF Compute, with no token, when nothing is said', async () => {
    const config = await load()
    expect(config.apiUrl).toEqual({ value: 'https://api.sfcompute.com', source: 'default' })
    expect(config.token).toBeUndefined()
    expect(() => requireToken(config)).toThrow(expect.objectContaining({ exitCode: 3 }))
  })

  it('prefers flags to the environment, and the environment to the file', async () => {
    await writeConfig({ apiUrl: 'http://file', token: 'file' })
    expect(await load()).toMatchObject({
      apiUrl: { value: 'http://file', source: `${filePath} (apiUrl)` },
      token: { value: 'file', source: `${filePath} (token)` },
    })
    const env = { SLIPWAY_API_URL: 'http://env/', SLIPWAY_TOKEN: 'env' }
    expect(await load(env)).toMatchObject({
      apiUrl: { value: 'http://env', source: 'SLIPWAY_API_URL' },
      token: { value: 'env', source: 'SLIPWAY_TOKEN' },
    })
    expect(await load(env, { apiUrl: 'http://flag/v2', token: 'flag' })).toMatchObject({
      apiUrl: { value: 'http://flag', source: '--api-url' },
      token: { value: 'flag', source: '--token' },
    })
  })

  it('takes each value from where it is: a URL from the file, a token from the environment', async () => {
    await writeConfig({ apiUrl: 'http://file' })
    expect(await load({ SLIPWAY_TOKEN: 'env', SLIPWAY_API_URL: '' })).toMatchObject({
      apiUrl: { value: 'http://file' },
      token: { value: 'env' },
    })
  })

  it('finds the file below XDG_CONFIG_HOME, unless that is relative', async () => {
    await writeConfig({ token: 'home' })
    const elsewhere = join(homeDirectory, 'elsewhere')
    await mkdir(join(elsewhere, 'slipway'), { recursive: true })
    await writeFile(join(elsewhere, 'slipway', 'config.json'), '{"token":"xdg"}', { mode: 0o600 })
    expect((await load({ XDG_CONFIG_HOME: elsewhere })).token?.value).toBe('xdg')
    expect((await load({ XDG_CONFIG_HOME: 'relative' })).token?.value).toBe('home')
  })

  it.each([0o644, 0o640, 0o604, 0o620])('refuses a file of mode %o and says what to type', async (mode) => {
    await writeConfig({ token: 'secret' })
    await chmod(filePath, mode)
    await expect(load()).rejects.toMatchObject({
      message: expect.stringContaining(filePath),
      hint: `make it yours alone: chmod 600 ${filePath}`,
      exitCode: 2,
    })
  })

  it.each([
    ['{"token": "se-cret"', /is not valid JSON/],
    ['[]', /is not a JSON object/],
    ['null', /is not a JSON object/],
    ['{"tokn": "se-cret"}', /unknown key "tokn"/],
    ['{"token": 12}', /token in the configuration file .* must be a string/],
    ['{"token": "se cret"}', /the API token from .* holds characters/],
    ['{"apiUrl": "nowhere"}', /must start with http/],
  ])('refuses the file %s without repeating a secret', async (content, message) => {
    await writeConfig(content)
    const error = (await load().catch((caught: unknown) => caught)) as Error
    expect(error).toMatchObject({ message: expect.stringMatching(message), exitCode: 2 })
    expect(error.message).not.toMatch(/se.cret/)
  })

  it('leaves a broken file alone when it needs nothing from it', async () => {
    await writeConfig('broken')
    await expect(load({ SLIPWAY_TOKEN: 'env', SLIPWAY_API_URL: 'http://env' })).resolves.toBeDefined()
  })
})

describe('journalDirectory', () => {
  it('is in the state folder of the user', () => {
    expect(journalDirectory({}, '/home/me')).toBe('/home/me/.local/state/slipway/uploads')
    expect(journalDirectory({ XDG_STATE_HOME: '/state' }, '/home/me')).toBe('/state/slipway/uploads')
  })
})

describe('displaySettings', () => {
  it('reads NO_COLOR, FORCE_COLOR, TERM and CI', () => {
    expect(displaySettings({})).toEqual({ noColor: false, forceColor: false, isDumb: false, isCi: false })
    expect(displaySettings({ NO_COLOR: '1', FORCE_COLOR: '1', TERM: 'dumb', CI: 'true' })).toEqual({
      noColor: true,
      forceColor: true,
      isDumb: true,
      isCi: true,
    })
    expect(displaySettings({ NO_COLOR: '', FORCE_COLOR: '0', CI: 'false' })).toMatchObject({
      noColor: false,
      forceColor: false,
      isCi: false,
    })
  })
})
