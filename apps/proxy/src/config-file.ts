import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { type SettingName, settingNames, settings } from './config-schema.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
const fileSchema = z.record(z.string(), z.union([scalar, z.array(scalar)]))

/**
 * Reads a JSON object whose keys are the flags without their dashes: `{"port": 8080, "cors-origins": ["https://a.example"]}`.
 * @returns each value as the text that a flag would have carried
 * @throws {ConfigError}
 */
export function readConfigFile(path: string): Partial<Record<SettingName, string>> {
  const parsed = fileSchema.safeParse(parseJson(path))
  if (!parsed.success) throw new ConfigError(`${path} must be a JSON object of texts, numbers, switches and lists`)
  const byKey = new Map<string, SettingName>(settingNames.map((name) => [keyOf(name), name]))
  const values: Partial<Record<SettingName, string>> = {}
  for (const [key, value] of Object.entries(parsed.data)) {
    const name = byKey.get(key)
    if (!name) throw new ConfigError(`${path}: ${key} is not a setting; there are ${[...byKey.keys()].join(', ')}`)
    values[name] = textOf(value)
  }
  return values
}

/** How the file and `config check` name a setting. */
export function keyOf(name: SettingName): string {
  return settings[name].flag.slice(2)
}

function parseJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`the configuration file cannot be read: ${(error as Error).message}`, { cause: error })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own message quotes the text, which may hold a secret.
    throw new ConfigError(`${path} is not well-formed JSON`, { cause: error })
  }
}

function textOf(value: z.output<typeof scalar> | z.output<typeof scalar>[]): string {
  if (Array.isArray(value)) return value.join(',')
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value)
}
