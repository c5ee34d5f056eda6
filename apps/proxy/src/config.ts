import type { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { keyOf, readConfigFile } from './config-file.ts'
import {
  type DatabaseConfig,
  databaseConfigSchema,
  dataDirConfigSchema,
  type ServeConfig,
  type SettingName,
  type StorageConfig,
  serveConfigSchema,
  settingNames,
  settings,
  storageConfigSchema,
} from './config-schema.ts'

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
export function readServeConfig(options: ReadServeConfigOptions): ServeConfig {
  return readSettings(serveConfigSchema, settingNames, options)
}

const databaseSettingNames = ['dataDir', 'databaseUrl', 'databasePoolSize', 'databaseTimeoutMs'] as const

/** Where the metadata is. The folder is required only when it is there. @throws {ConfigError} */
export function readDatabaseConfig(options: ReadServeConfigOptions): DatabaseConfig {
  return readSettings(databaseConfigSchema, databaseSettingNames, options)
}

/** Where the bytes are. The folder is required only when they are there. @throws {ConfigError} */
export function readStorageConfig(options: ReadServeConfigOptions): StorageConfig {
  return readSettings(storageConfigSchema, ['dataDir', 'storageUrl'], options)
}

/** @throws {ConfigError} */
export function readDataDir(options: ReadServeConfigOptions): string {
  return readSettings(dataDirConfigSchema, ['dataDir'], options).dataDir
}

function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  names: readonly SettingName[],
  { flags, env, configPath = env.SLIPWAY_CONFIG }: ReadServeConfigOptions,
): z.output<Schema> {
  const file = configPath === undefined ? {} : readConfigFile(configPath)
  const givenValueOf = (name: SettingName) => flags[name] ?? env[settings[name].variable] ?? file[name]
  const parsed = schema.safeParse(Object.fromEntries(names.map((name) => [name, givenValueOf(name)])))
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
