import { isAbsolute, join } from 'node:path'
import { CommandFailure } from './command-failure.ts'
import { readConfigFile } from './config-file.ts'
import { exitCodes } from './exit-codes.ts'
import { parseApiUrl } from './values/api-url.ts'
import { parseToken } from './values/token.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A value and where it came from, in words for people: `--token`, `SLIPWAY_TOKEN`, a file's path, `default`. */
export interface Setting<T> {
  readonly value: T
  readonly source: string
}

export interface Config {
  /** Without a trailing slash and without `/v2`. */
  readonly apiUrl: Setting<string>
  readonly token: Setting<string> | undefined
  readonly filePath: string
}

export interface ConfigOptions {
  readonly flags: { readonly apiUrl?: string | undefined; readonly token?: string | undefined }
  readonly env: Environment
  readonly homeDirectory: string
}

/** How the user wants output to look, as far as the environment says. */
export interface DisplaySettings {
  /** `NO_COLOR` (https://no-color.org): any value but the empty one. */
  readonly noColor: boolean
  readonly forceColor: boolean
  /** `TERM=dumb`: a terminal that cannot move its cursor. */
  readonly isDumb: boolean
  /** A build log: lines are kept, so a bar that redraws itself would fill it. */
  readonly isCi: boolean
}

export const defaultApiUrl = 'https://api.sfcompute.com'

/** The one place that looks at the process's environment. */
export function processEnvironment(): Environment {
  return process.env
}

/** Flags go before the environment, the environment before the file. */
export async function loadConfig({ flags, env, homeDirectory }: ConfigOptions): Promise<Config> {
  const filePath = configFilePath(env, homeDirectory)
  const apiUrl = fromFlag('--api-url', flags.apiUrl) ?? fromEnvironment('SLIPWAY_API_URL', env)
  const token = fromFlag('--token', flags.token) ?? fromEnvironment('SLIPWAY_TOKEN', env)
  // Not read when nothing is wanted of it: a broken file does not stop a run that says everything itself.
  const file = apiUrl && token ? {} : await readConfigFile(filePath)
  const chosenUrl = apiUrl ?? fromFile('apiUrl', file.apiUrl, filePath)
  const chosenToken = token ?? fromFile('token', file.token, filePath)
  return {
    apiUrl: chosenUrl ? parsed(chosenUrl, parseApiUrl) : { value: defaultApiUrl, source: 'default' },
    token: chosenToken && parsed(chosenToken, parseToken),
    filePath,
  }
}

export function requireToken({ token, filePath }: Config): string {
  if (token) return token.value
  throw new CommandFailure('no API token was given', {
    exitCode: exitCodes.authentication,
    hint: `set SLIPWAY_TOKEN, pass --token, or put {"token": "…"} into ${filePath} (mode 600)`,
  })
}

export function displaySettings(env: Environment): DisplaySettings {
  return {
    noColor: isSet(env.NO_COLOR),
    forceColor: isSet(env.FORCE_COLOR) && env.FORCE_COLOR !== '0',
    isDumb: env.TERM === 'dumb',
    isCi: isSet(env.CI) && env.CI !== 'false' && env.CI !== '0',
  }
}

/** Where unfinished uploads are noted, so that the same command goes on with them. */
export function journalDirectory(env: Environment, homeDirectory: string): string {
  return join(xdgBase(env.XDG_STATE_HOME) ?? join(homeDirectory, '.local', 'state'), 'slipway', 'uploads')
}

function configFilePath(env: Environment, homeDirectory: string): string {
  return join(xdgBase(env.XDG_CONFIG_HOME) ?? join(homeDirectory, '.config'), 'slipway', 'config.json')
}

/** The XDG Base Directory Specification: a relative path is invalid and to be ignored. */
function xdgBase(value: string | undefined): string | undefined {
  return isSet(value) && isAbsolute(value) ? value : undefined
}

function fromFlag(flag: string, value: string | undefined): Setting<string> | undefined {
  return value === undefined ? undefined : { value, source: flag }
}

/** An empty variable counts as unset: that is what `SLIPWAY_TOKEN= slipway …` means to most people. */
function fromEnvironment(name: string, env: Environment): Setting<string> | undefined {
  const value = env[name]
  return isSet(value) ? { value, source: name } : undefined
}

function fromFile(key: string, value: string | undefined, path: string): Setting<string> | undefined {
  return value === undefined ? undefined : { value, source: `${path} (${key})` }
}

function parsed({ value, source }: Setting<string>, parse: (text: string, source: string) => string): Setting<string> {
  return { value: parse(value, source), source }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
