import { CommandFailure } from './command-failure.ts'
import { type ConfigFile, defaultProfile, readConfigFile } from './config-file.ts'
import { profileNames, profileOf } from './edit-config-file.ts'
import { type Environment, isSet } from './environment.ts'
import { exitCodes } from './exit-codes.ts'
import { isSfCompute, readSfComputeFile, sfComputeTokenVariables } from './sf-compute-settings.ts'
import { configFilePath } from './user-folders.ts'
import { parseApiUrl } from './values/api-url.ts'
import { parseToken } from './values/token.ts'

/** A value and where it came from, in words for people: `--token`, `SLIPWAY_TOKEN`, a file's path, `default`. */
export interface Setting<T> {
  readonly value: T
  readonly source: string
}

export interface Config {
  /** Without a trailing slash and without `/v2`. */
  readonly apiUrl: Setting<string>
  readonly token: Setting<string> | undefined
  /** The profile's name. */
  readonly profile: string
  readonly filePath: string
  /** What is dubious about it, as one line. */
  readonly warning: string | undefined
}

export interface ConfigOptions {
  readonly flags: {
    readonly apiUrl?: string | undefined
    readonly token?: string | undefined
    readonly profile?: string | undefined
  }
  readonly env: Environment
  readonly homeDirectory: string
}

export const defaultApiUrl = 'https://api.sfcompute.com'

/** The one place that looks at the process's environment. */
export function processEnvironment(): Environment {
  return process.env
}

/**
 * Flags go before the environment, the environment before the profile; a profile that was chosen by a flag goes before
 * the environment. What SF Compute's own tools use comes last, and goes to SF Compute only.
 */
export async function loadConfig(options: ConfigOptions): Promise<Config> {
  const { flags, env, homeDirectory } = options
  const filePath = configFilePath(env, homeDirectory)
  const own = {
    apiUrl: fromFlag('--api-url', flags.apiUrl) ?? fromEnvironment('SLIPWAY_API_URL', env),
    token: fromFlag('--token', flags.token) ?? fromEnvironment('SLIPWAY_TOKEN', env),
  }
  // Not read when nothing is wanted of it: a broken file does not stop a run that says everything itself.
  const isComplete = own.apiUrl && own.token && flags.profile === undefined
  const file = isComplete ? {} : await readConfigFile(filePath)
  const profile = isComplete ? defaultProfile : chosenProfile(options, file)
  const held = profileOf(file, profile) ?? {}
  const ofProfile = {
    apiUrl: fromFile('apiUrl', held.apiUrl, { filePath, profile }),
    token: fromFile('token', held.token, { filePath, profile }),
  }
  const [first, second] = flags.profile === undefined ? [own, ofProfile] : [{ ...ofProfile, ...flagged(flags) }, own]
  const chosenUrl = first.apiUrl ?? second.apiUrl
  const apiUrl = chosenUrl ? parsed(chosenUrl, parseApiUrl) : { value: defaultApiUrl, source: 'default' }
  const chosen = first.token ?? second.token
  // A token goes where its profile says, not to another server that a variable names.
  const isElsewhere = chosen && chosen === ofProfile.token && ofProfile.apiUrl && !isSameUrl(ofProfile.apiUrl, apiUrl)
  const base = { apiUrl, profile, filePath }
  if (chosen && !isElsewhere) return { ...base, token: parsed(chosen, parseToken), warning: undefined }
  const borrowed = isSfCompute(apiUrl.value) ? await borrowToken(env, homeDirectory) : undefined
  if (borrowed) return { ...base, token: parsed(borrowed.token, parseToken), warning: borrowed.warning }
  const warning = isElsewhere
    ? `the token of profile ${profile} is for ${ofProfile.apiUrl?.value}: not used`
    : undefined
  return { ...base, token: undefined, warning }
}

/** @returns its name, whether it exists or not for `default` only */
function chosenProfile({ flags, env }: Pick<ConfigOptions, 'flags' | 'env'>, file: ConfigFile): string {
  const name = profileName({ flags, env }, file)
  if (profileOf(file, name)) return name
  throw new CommandFailure(`there is no profile ${JSON.stringify(name)}`, {
    exitCode: exitCodes.usage,
    hint: `there are ${profileNames(file).join(', ')}; slipway login --profile ${name} makes it`,
  })
}

/** The profile that is meant, whether it is there or not. */
export function profileName({ flags, env }: Pick<ConfigOptions, 'flags' | 'env'>, file: ConfigFile): string {
  const fromEnv = isSet(env.SLIPWAY_PROFILE) ? env.SLIPWAY_PROFILE : undefined
  return flags.profile ?? fromEnv ?? file.profile ?? defaultProfile
}

function flagged({ apiUrl, token }: ConfigOptions['flags']) {
  const settings = { apiUrl: fromFlag('--api-url', apiUrl), token: fromFlag('--token', token) }
  return {
    ...(settings.apiUrl && { apiUrl: settings.apiUrl }),
    ...(settings.token && { token: settings.token }),
  }
}

function isSameUrl(setting: Setting<string>, other: Setting<string>): boolean {
  return parseApiUrl(setting.value, setting.source) === other.value
}

async function borrowToken(
  env: Environment,
  homeDirectory: string,
): Promise<{ readonly token: Setting<string>; readonly warning: string | undefined } | undefined> {
  for (const name of sfComputeTokenVariables) {
    const token = fromEnvironment(name, env)
    if (token) return { token, warning: undefined }
  }
  const file = await readSfComputeFile(homeDirectory)
  return file && { token: { value: file.token, source: file.path }, warning: file.warning }
}

export function requireToken({ token, apiUrl, warning }: Config): string {
  if (token) return token.value
  throw new CommandFailure(`no API token was given for ${apiUrl.value}${warning === undefined ? '' : `; ${warning}`}`, {
    exitCode: exitCodes.authentication,
    hint: 'run slipway login, set SLIPWAY_TOKEN, or pass --token',
  })
}

function fromFlag(flag: string, value: string | undefined): Setting<string> | undefined {
  return value === undefined ? undefined : { value, source: flag }
}

/** An empty variable counts as unset: that is what `SLIPWAY_TOKEN= slipway …` means to most people. */
function fromEnvironment(name: string, env: Environment): Setting<string> | undefined {
  const value = env[name]
  return isSet(value) ? { value, source: name } : undefined
}

function fromFile(
  key: string,
  value: string | undefined,
  { filePath, profile }: { readonly filePath: string; readonly profile: string },
): Setting<string> | undefined {
  if (value === undefined) return undefined
  return { value, source: `${filePath} (${profile === defaultProfile ? '' : `profile ${profile}, `}${key})` }
}

function parsed({ value, source }: Setting<string>, parse: (text: string, source: string) => string): Setting<string> {
  return { value: parse(value, source), source }
}
