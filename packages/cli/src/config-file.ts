import { open } from 'node:fs/promises'
import { CommandFailure } from './command-failure.ts'
import { exitCodes } from './exit-codes.ts'

/** One account at one server. */
export interface Profile {
  readonly apiUrl?: string
  readonly token?: string
}

/** What the file holds: the profile `default` at its top, the others by name. */
export interface ConfigFile extends Profile {
  /** The profile in use when nothing else says. */
  readonly profile?: string
  readonly profiles?: Readonly<Record<string, Profile>>
}

export const defaultProfile = 'default'

const profileKeys = ['apiUrl', 'token'] as const
const keys = [...profileKeys, 'profile', 'profiles'] as const
/** Permission bits of the group and of everybody else. */
const othersMode = 0o077

/** Reads the configuration file; one that is not there is an empty one. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const file = await openFile(path)
  if (!file) return {}
  try {
    // Asked of the open file, so that what was checked is what is read.
    const { mode } = await file.stat()
    // Windows has no such bits: what it reports there says nothing.
    if (process.platform !== 'win32' && (mode & othersMode) !== 0) {
      throw failure(`other users of this machine can read or change ${path}, which may hold a token`, {
        hint: `make it yours alone: chmod 600 ${shellWord(path)}`,
      })
    }
    return parseConfigFile(await file.readFile('utf8'), path)
  } finally {
    await file.close()
  }
}

async function openFile(path: string) {
  try {
    return await open(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw failure(`the configuration file ${path} cannot be read (${code ?? 'unknown error'})`, { cause: error })
  }
}

function parseConfigFile(text: string, path: string): ConfigFile {
  const value = parseJson(text, path)
  if (!isObject(value)) {
    throw failure(`the configuration file ${path} is not a JSON object`, {
      hint: 'it should look like {"apiUrl": "https://…", "token": "…"}',
    })
  }
  assertKeys(value, keys, `the configuration file ${path}`)
  const { profiles = {} } = value as ConfigFile
  if (!isObject(profiles)) throw failure(`profiles in the configuration file ${path} must be an object`)
  for (const [name, profile] of Object.entries(profiles)) {
    const place = `the profile ${JSON.stringify(name)} of the configuration file ${path}`
    if (!isObject(profile)) throw failure(`${place} must be an object`)
    assertKeys(profile, profileKeys, place)
  }
  return value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function assertKeys(value: object, known: readonly string[], place: string): void {
  for (const [key, held] of Object.entries(value)) {
    if (!known.includes(key)) {
      throw failure(`${place} has an unknown key ${JSON.stringify(key)}`, { hint: `it can have ${known.join(', ')}` })
    }
    if (key !== 'profiles' && typeof held !== 'string') throw failure(`${key} in ${place} must be a string`)
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may be the token: it is left out.
    throw failure(`the configuration file ${path} is not valid JSON`, {
      hint: 'it should look like {"apiUrl": "https://…", "token": "…"}',
    })
  }
}

function failure(message: string, options: { hint?: string; cause?: unknown } = {}): CommandFailure {
  return new CommandFailure(message, { exitCode: exitCodes.usage, ...options })
}

export function shellWord(text: string): string {
  return /^[\w./~@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
