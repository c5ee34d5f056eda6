import { ConfigError } from './config-error.ts'
import { keyOf, readConfigFile } from './config-file.ts'
import { type ServeConfig, type SettingName, serveConfigSchema, settingNames, settings } from './config-schema.ts'
import type { StorageLocation } from './storage/storage-url.ts'

/** What the command line said, as text; absent flags are undefined. */
export type ServeFlags = { readonly [K in SettingName]?: string | undefined }

export interface ReadServeConfigOptions {
  readonly flags: ServeFlags
  readonly env: NodeJS.ProcessEnv
  /** A JSON file of settings; flags and the environment win over it. Default: `SLIPWAY_CONFIG`, or none. */
  readonly configPath?: string | undefined
}

/** The one place that touches the process's environment. */
export function environment(): NodeJS.ProcessEnv {
  return process.env
}

/** @throws {ConfigError} */
export function readServeConfig({ flags, env, configPath = env.SLIPWAY_CONFIG }: ReadServeConfigOptions): ServeConfig {
  const file = configPath === undefined ? {} : readConfigFile(configPath)
  const givenValueOf = (name: SettingName) => flags[name] ?? env[settings[name].variable] ?? file[name]
  const parsed = serveConfigSchema.safeParse(Object.fromEntries(settingNames.map((name) => [name, givenValueOf(name)])))
  if (parsed.success) return parsed.data
  const messages = parsed.error.issues.map(({ path, message }) => {
    const name = path[0] as SettingName
    const { flag, variable } = settings[name]
    if (givenValueOf(name) === undefined) return `${flag} or ${variable} ${message}`
    if (flags[name] !== undefined) return `${flag} ${message}`
    return env[variable] === undefined ? `${keyOf(name)} in ${configPath} ${message}` : `${variable} ${message}`
  })
  throw new ConfigError(messages.join('; '))
}

/** Where the bytes are, for commands beside the server. @throws {ConfigError} */
export function readStorageLocation({ flags, env }: { flags: ServeFlags; env: NodeJS.ProcessEnv }): StorageLocation {
  const named = [settings.dataDir.variable, settings.storageUrl.variable]
  const own = Object.fromEntries(named.map((variable) => [variable, env[variable]]))
  return readServeConfig({ flags, env: own, configPath: env.SLIPWAY_CONFIG }).storageUrl
}

/** @throws {ConfigError} */
export function readDataDir({ flag, env }: { flag: string | undefined; env: NodeJS.ProcessEnv }): string {
  const { variable } = settings.dataDir
  const { SLIPWAY_CONFIG: configPath } = env
  return readServeConfig({ flags: { dataDir: flag }, env: { [variable]: env[variable] }, configPath }).dataDir
}
