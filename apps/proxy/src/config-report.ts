import { type ServeConfig, type SettingName, settingNames, settings } from './config-schema.ts'
import { redactDatabaseUrl } from './metadata/database-url.ts'

/** The effective configuration for people to read: secrets are told to be set, not what they are. */
export function describeConfig(config: ServeConfig): Record<string, unknown> {
  return Object.fromEntries(settingNames.map((name) => [name, shownValueOf(name, config)]))
}

function shownValueOf(name: SettingName, config: ServeConfig): unknown {
  const value = config[name]
  if (value === undefined) return null
  if (name === 'databaseUrl') return redactDatabaseUrl(config.databaseUrl)
  // As it is written, rather than what it is read as.
  if (name === 'storageUrl') return config.storageUrl.url
  if (name === 'cacheUrl') return config.cacheUrl?.url
  return 'isSecret' in settings[name] ? '[redacted]' : value
}
