import { nearest } from '../nearest.ts'
import { usageFailure } from './usage-failure.ts'

/** The settings that `slipway config` knows, as they are typed, and the file's key of each. */
export const configKeys = { 'api-url': 'apiUrl', token: 'token', profile: 'profile' } as const

export type ConfigKey = keyof typeof configKeys

export function parseConfigKey(text: string): ConfigKey {
  const keys = Object.keys(configKeys)
  if (keys.includes(text)) return text as ConfigKey
  const suggestion = nearest(text, keys)
  throw usageFailure(
    `there is no setting ${JSON.stringify(text)}`,
    suggestion ? `did you mean ${suggestion}?` : `there are ${keys.join(', ')}`,
  )
}
