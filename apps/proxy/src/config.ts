import { z } from 'zod'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export interface ServeConfig {
  readonly host: string
  /** 0: any free port; the log and the first line on stdout say which. */
  readonly port: number
  /** Holds the database and the bytes; made when missing. */
  readonly dataDir: string
  /** Scheme and host of the presigned URLs. Undefined: those of each request. */
  readonly publicUrl: string | undefined
  readonly logLevel: (typeof logLevels)[number]
}

/** A setting that cannot be used: the message names it by its flag or its variable, whichever set it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export const defaultPort = 8080

/** Each setting: its flag, its variable, and what it may be. Flags win over the environment. */
const settings = {
  host: { flag: '--host', variable: 'SLIPWAY_HOST' },
  port: { flag: '--port', variable: 'SLIPWAY_PORT' },
  dataDir: { flag: '--data', variable: 'SLIPWAY_DATA_DIR' },
  publicUrl: { flag: '--public-url', variable: 'SLIPWAY_PUBLIC_URL' },
  logLevel: { flag: '--log-level', variable: 'SLIPWAY_LOG_LEVEL' },
} as const

const schema = z.object({
  host: z.string().min(1, 'must be a host name or an address').default('127.0.0.1'),
  port: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number, 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a port number, 0 to 65535')
    .default(defaultPort),
  dataDir: z.string('is required: name the folder for the data').min(1, 'must name a folder'),
  publicUrl: z
    .string()
    .refine(isOrigin, 'must be a scheme and host without a path, such as https://images.example.com')
    .transform((text) => new URL(text).origin)
    .optional(),
  logLevel: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
})

/** What the command line said, as text; absent flags are undefined. */
export type ServeFlags = { readonly [K in keyof typeof settings]?: string | undefined }

/** The one place that touches the process's environment. */
export function environment(): NodeJS.ProcessEnv {
  return process.env
}

/** @throws {ConfigError} */
export function readServeConfig({ flags, env }: { flags: ServeFlags; env: NodeJS.ProcessEnv }): ServeConfig {
  const names = Object.keys(settings) as (keyof typeof settings)[]
  const values = Object.fromEntries(names.map((name) => [name, flags[name] ?? env[settings[name].variable]]))
  const parsed = schema.safeParse(values)
  if (parsed.success) return { ...parsed.data, publicUrl: parsed.data.publicUrl }
  const messages = parsed.error.issues.map(({ path, message }) => {
    const name = path[0] as keyof typeof settings
    const { flag, variable } = settings[name]
    if (values[name] === undefined) return `${flag} or ${variable} ${message}`
    return `${flags[name] === undefined ? variable : flag} ${message}`
  })
  throw new ConfigError(messages.join('; '))
}

/** @throws {ConfigError} */
export function readDataDir({ flag, env }: { flag: string | undefined; env: NodeJS.ProcessEnv }): string {
  return readServeConfig({ flags: { dataDir: flag }, env: { SLIPWAY_DATA_DIR: env[settings.dataDir.variable] } })
    .dataDir
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
}
