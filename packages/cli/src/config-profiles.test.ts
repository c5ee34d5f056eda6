import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConfigOptions, loadConfig, requireToken } from './config.ts'
import { editConfigFile, withProfile } from './edit-config-file.ts'

let homeDirectory: string
let filePath: string

beforeEach(async () => {
  homeDirectory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  filePath = join(homeDirectory, '.config', 'slipway', 'config.json')
  await mkdir(join(filePath, '..'), { recursive: true })
  await mkdir(join(homeDirectory, '.sfcompute'))
})
afterEach(() => rm(homeDirectory, { recursive: true }))

const write = (content: unknown, path = filePath, mode = 0o600) => writeFile(path, JSON.stringify(content), { mode })
const load = (env: Record<string, string> = {}, flags: ConfigOptions['flags'] = {}) =>
  loadConfig({ flags, env, homeDirectory })

const file = {
  apiUrl: 'https://api.sfcompute.com',
  token: 'main',
  profiles: { lab: { apiUrl: 'http://lab', token: 'lab-token' }, bare: {} },
}

describe('profiles', () => {
  it('are chosen by the flag, the environment, the file, in that order', async () => {
    await write({ ...file, profile: 'lab' })
    expect(await load()).toMatchObject({
      profile: 'lab',
      apiUrl: { value: 'http://lab' },
      token: { value: 'lab-token' },
    })
    const env = { SLIPWAY_PROFILE: 'bare' }
    expect(await load(env)).toMatchObject({ profile: 'bare', token: undefined })
    expect(await load(env, { profile: 'default' })).toMatchObject({ profile: 'default', token: { value: 'main' } })
  })

  it('go before the environment when a flag chose them, and after it otherwise', async () => {
    await write(file)
    const env = { SLIPWAY_TOKEN: 'env', SLIPWAY_API_URL: 'http://env' }
    expect(await load(env)).toMatchObject({ apiUrl: { value: 'http://env' }, token: { value: 'env' } })
    expect(await load(env, { profile: 'lab' })).toMatchObject({
      apiUrl: { value: 'http://lab' },
      token: { value: 'lab-token', source: `${filePath} (profile lab, token)` },
    })
    expect(await load(env, { profile: 'lab', token: 'flag' })).toMatchObject({ token: { value: 'flag' } })
  })

  it('are named when one is mistyped', async () => {
    await write(file)
    await expect(load({}, { profile: 'constructor' })).rejects.toMatchObject({
      exitCode: 2,
      message: 'there is no profile "constructor"',
      hint: 'there are default, lab, bare; slipway login --profile constructor makes it',
    })
  })

  it('do not send their token to another server', async () => {
    await write(file)
    const config = await load({ SLIPWAY_PROFILE: 'lab', SLIPWAY_API_URL: 'http://elsewhere' })
    expect(config.token).toBeUndefined()
    expect(() => requireToken(config)).toThrow('no API token was given for http://elsewhere; the token of profile lab')
    expect((await load({ SLIPWAY_PROFILE: 'lab', SLIPWAY_API_URL: 'http://lab/v2/' })).token?.value).toBe('lab-token')
  })

  it.each([
    [{ profiles: [] }, 'profiles in'],
    [{ profiles: { lab: 'x' } }, 'must be an object'],
    [{ profiles: { lab: { tokne: 'x' } } }, 'unknown key "tokne"'],
    [{ profile: 7 }, 'profile in'],
  ])('are refused when they are not as they should be: %j', async (content, message) => {
    await write(content)
    await expect(load()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(message) })
  })
})

describe('what users of SF Compute have already', () => {
  const sfFile = () => join(homeDirectory, '.sfcompute', 'config')

  it('is used when nothing else is there: SF_API_KEY, SF_BEARER_TOKEN, then the file of their tool', async () => {
    await write({ api_url: 'https://api.sfcompute.com', auth_token: 'sf-file' }, sfFile())
    const env = { SF_API_KEY: 'key', SF_BEARER_TOKEN: 'bearer' }
    expect((await load(env)).token).toEqual({ value: 'key', source: 'SF_API_KEY' })
    expect((await load({ SF_BEARER_TOKEN: 'bearer' })).token).toEqual({ value: 'bearer', source: 'SF_BEARER_TOKEN' })
    expect((await load()).token).toEqual({ value: 'sf-file', source: sfFile() })
    expect((await load({ ...env, SLIPWAY_TOKEN: 'own' })).token?.value).toBe('own')
  })

  it.each(['http://127.0.0.1:8080', 'http://api.sfcompute.com', 'https://sfcompute.com.evil.example'])(
    'never goes to %s',
    async (url) => {
      await write({ auth_token: 'sf-file' }, sfFile())
      expect((await load({ SF_API_KEY: 'key', SLIPWAY_API_URL: url })).token).toBeUndefined()
    },
  )

  it('is warned of when others can read it, and ignored when it is something else', async () => {
    await write({ auth_token: 'sf-file' }, sfFile(), 0o644)
    await chmod(sfFile(), 0o644)
    expect((await load()).warning).toContain(`chmod 600 ${sfFile()}`)
    for (const text of ['null', 'not JSON', '{"auth_token":7}', '{}']) {
      await writeFile(sfFile(), text)
      expect(await load()).toMatchObject({ token: undefined, warning: undefined })
    }
  })
})

describe('editConfigFile', () => {
  it('makes the file for its owner alone, and keeps what it does not change', async () => {
    await rm(join(homeDirectory, '.config'), { recursive: true })
    await editConfigFile(filePath, (held) => withProfile(held, 'lab', { apiUrl: 'http://lab', token: 't' }))
    await editConfigFile(filePath, (held) => withProfile(held, 'default', { token: 'main' }))
    expect((await stat(filePath)).mode & 0o777).toBe(0o600)
    expect((await stat(join(filePath, '..'))).mode & 0o777).toBe(0o700)
    expect(JSON.parse(await readFile(filePath, 'utf8'))).toEqual({
      token: 'main',
      profiles: { lab: { apiUrl: 'http://lab', token: 't' } },
    })
  })

  it('follows a link to where the file is kept', async () => {
    const kept = join(homeDirectory, 'dotfiles.json')
    await write(file, kept)
    await symlink(kept, filePath)
    await editConfigFile(filePath, (held) => withProfile(held, 'default', {}))
    expect(JSON.parse(await readFile(kept, 'utf8'))).toEqual({ profiles: file.profiles })
  })

  it('says in one line that it cannot', async () => {
    const inTheWay = join(homeDirectory, 'file')
    await writeFile(inTheWay, '{}', { mode: 0o600 })
    const edited = editConfigFile(join(inTheWay, 'config.json'), (held) => held)
    await expect(edited).rejects.toMatchObject({ exitCode: 8, message: expect.stringContaining('cannot be written') })
  })
})
