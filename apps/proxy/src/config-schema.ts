import { z } from 'zod'
import { DatabaseUrlError, parseDatabaseUrl } from './metadata/database-url.ts'
import { parseSizeText } from './size-text.ts'
import { type S3Location, type StorageLocation, storageLocationSchema } from './storage/storage-url.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** When an object store's bytes are hashed: never, after their completion, or before the completion is answered. */
export const verifyPolicies = ['off', 'background', 'complete'] as const

export const defaultPort = 8080
const minuteMs = 60_000
const dayMs = 86_400_000
const maxDays = 36_500
const dataDirIsRequired = 'is required: name the folder for the data'

/** Each setting: its flag, its variable, and whether `config check` hides its value. Flags win over variables, both over the file. */
export const settings = {
  host: { flag: '--host', variable: 'SLIPWAY_HOST' },
  port: { flag: '--port', variable: 'SLIPWAY_PORT' },
  dataDir: { flag: '--data', variable: 'SLIPWAY_DATA_DIR' },
  databaseUrl: { flag: '--database-url', variable: 'SLIPWAY_DATABASE_URL', isSecret: true },
  databasePoolSize: { flag: '--database-pool', variable: 'SLIPWAY_DATABASE_POOL' },
  databaseTimeoutMs: { flag: '--database-timeout', variable: 'SLIPWAY_DATABASE_TIMEOUT' },
  storageUrl: { flag: '--storage-url', variable: 'SLIPWAY_STORAGE_URL' },
  verify: { flag: '--verify', variable: 'SLIPWAY_VERIFY' },
  publicUrl: { flag: '--public-url', variable: 'SLIPWAY_PUBLIC_URL' },
  logLevel: { flag: '--log-level', variable: 'SLIPWAY_LOG_LEVEL' },
  uploadExpiryMs: { flag: '--upload-expiry-days', variable: 'SLIPWAY_UPLOAD_EXPIRY_DAYS' },
  purgeGraceMs: { flag: '--purge-grace-days', variable: 'SLIPWAY_PURGE_GRACE_DAYS' },
  auditRetentionMs: { flag: '--audit-retention-days', variable: 'SLIPWAY_AUDIT_RETENTION_DAYS' },
  quotaBytes: { flag: '--quota', variable: 'SLIPWAY_QUOTA' },
  maxConcurrentUploads: { flag: '--max-uploads', variable: 'SLIPWAY_MAX_UPLOADS' },
  idleTimeoutMs: { flag: '--idle-timeout', variable: 'SLIPWAY_IDLE_TIMEOUT' },
  headersTimeoutMs: { flag: '--headers-timeout', variable: 'SLIPWAY_HEADERS_TIMEOUT' },
  corsOrigins: { flag: '--cors-origins', variable: 'SLIPWAY_CORS_ORIGINS' },
  metrics: { flag: '--metrics', variable: 'SLIPWAY_METRICS' },
  metricsToken: { flag: '--metrics-token', variable: 'SLIPWAY_METRICS_TOKEN', isSecret: true },
  tlsCertPath: { flag: '--tls-cert', variable: 'SLIPWAY_TLS_CERT' },
  tlsKeyPath: { flag: '--tls-key', variable: 'SLIPWAY_TLS_KEY' },
  upstreamUrl: { flag: '--upstream-url', variable: 'SLIPWAY_UPSTREAM_URL' },
  upstreamToken: { flag: '--upstream-token', variable: 'SLIPWAY_UPSTREAM_TOKEN', isSecret: true },
  upstreamBytes: { flag: '--upstream-bytes', variable: 'SLIPWAY_UPSTREAM_BYTES' },
  upstreamProfilePath: { flag: '--upstream-profile', variable: 'SLIPWAY_UPSTREAM_PROFILE' },
  upstreamStorageHosts: { flag: '--upstream-storage-hosts', variable: 'SLIPWAY_UPSTREAM_STORAGE_HOSTS' },
  upstreamAllowPrivate: { flag: '--upstream-allow-private', variable: 'SLIPWAY_UPSTREAM_ALLOW_PRIVATE' },
  upstreamConcurrency: { flag: '--upstream-concurrency', variable: 'SLIPWAY_UPSTREAM_CONCURRENCY' },
  upstreamTimeoutMs: { flag: '--upstream-timeout', variable: 'SLIPWAY_UPSTREAM_TIMEOUT' },
  relayVerify: { flag: '--relay-verify', variable: 'SLIPWAY_RELAY_VERIFY' },
  cacheBytes: { flag: '--cache-size', variable: 'SLIPWAY_CACHE_SIZE' },
  cacheDir: { flag: '--cache-dir', variable: 'SLIPWAY_CACHE_DIR' },
  cacheUrl: { flag: '--cache-url', variable: 'SLIPWAY_CACHE_URL' },
  cacheUrlBytes: { flag: '--cache-url-size', variable: 'SLIPWAY_CACHE_URL_SIZE' },
  cacheRecheckMs: { flag: '--cache-recheck', variable: 'SLIPWAY_CACHE_RECHECK' },
} as const satisfies Record<string, { flag: `--${string}`; variable: string; isSecret?: true }>

export type SettingName = keyof typeof settings
export const settingNames = Object.keys(settings) as SettingName[]

/** What tells where the metadata is: all that commands on the host need. */
const databaseShape = {
  databaseUrl: z.string().superRefine(checkDatabaseUrl).default('sqlite:'),
  databasePoolSize: wholeNumber({ min: 1, max: 1000, what: 'a number of connections' }).default(10),
  databaseTimeoutMs: seconds().default(10_000),
}

export const databaseConfigSchema = z
  .object({ ...databaseShape, dataDir: z.string().min(1, 'must name a folder').optional() })
  .check((context) => {
    const { databaseUrl, dataDir } = context.value
    if (dataDir !== undefined || databaseUrl !== 'sqlite:') return
    context.issues.push({ code: 'custom', input: undefined, path: ['dataDir'], message: dataDirIsRequired })
  })

export const dataDirConfigSchema = z.object({ dataDir: z.string(dataDirIsRequired).min(1, 'must name a folder') })

const storageShape = { storageUrl: storageLocationSchema.default({ kind: 'files', url: 'file:' }) }

/** What tells where the bytes are. */
export const storageConfigSchema = z
  .object({ ...storageShape, dataDir: z.string().min(1, 'must name a folder').optional() })
  .check((context) => {
    const { storageUrl, dataDir } = context.value
    if (dataDir !== undefined || storageUrl.kind !== 'files') return
    context.issues.push({ code: 'custom', input: undefined, path: ['dataDir'], message: dataDirIsRequired })
  })

export type StorageConfig = Readonly<z.output<typeof storageConfigSchema>>

export type DatabaseConfig = Readonly<z.output<typeof databaseConfigSchema>>

/** Every value arrives as text: from a flag, a variable or the file. The messages complete "<setting> …". */
export const serveConfigSchema = z
  .object({
    host: z.string().min(1, 'must be a host name or an address').default('127.0.0.1'),
    port: wholeNumber({ min: 0, max: 65_535, what: 'a port number' }).default(defaultPort),
    dataDir: z.string(dataDirIsRequired).min(1, 'must name a folder').optional(),
    ...databaseShape,
    ...storageShape,
    verify: z.enum(verifyPolicies, `must be one of ${verifyPolicies.join(', ')}`).default('background'),
    publicUrl: z
      .string()
      .refine(isOrigin, 'must be a scheme and host without a path, such as https://images.example.com')
      .transform((text) => new URL(text).origin)
      .optional(),
    logLevel: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
    uploadExpiryMs: days({ min: 1 }).default(7 * dayMs),
    purgeGraceMs: days({ min: 0 }).default(7 * dayMs),
    auditRetentionMs: days({ min: 1 }).default(365 * dayMs),
    quotaBytes: z.string().transform(parseSizeText).optional(),
    maxConcurrentUploads: wholeNumber({ min: 1, max: 10_000, what: 'a number of uploads' }).default(256),
    idleTimeoutMs: seconds().default(minuteMs),
    headersTimeoutMs: seconds().default(minuteMs / 2),
    corsOrigins: z.string().transform(parseOrigins).default([]),
    metrics: onOff().default(true),
    metricsToken: z
      .string()
      .regex(/^[\x21-\x7e]{16,255}$/, 'must be 16 to 255 visible characters')
      .optional(),
    tlsCertPath: z.string().min(1, 'must name a PEM file').optional(),
    tlsKeyPath: z.string().min(1, 'must name a PEM file').optional(),
    upstreamUrl: z
      .string()
      .refine(isApiUrl, 'must be the URL of an Images API, such as https://api.sfcompute.com')
      .optional(),
    upstreamToken: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'must be visible characters without spaces')
      .optional(),
    upstreamBytes: z.enum(['direct', 'relay'], 'must be direct or relay').default('direct'),
    upstreamProfilePath: z.string().min(1, 'must name a JSON file').optional(),
    upstreamStorageHosts: z.string().transform(parseHosts).default([]),
    upstreamAllowPrivate: onOff().default(false),
    upstreamConcurrency: wholeNumber({ min: 1, max: 1000, what: 'a number of requests' }).default(32),
    upstreamTimeoutMs: seconds().default(minuteMs / 2),
    relayVerify: onOff().default(true),
    cacheBytes: z.string().transform(parseSizeText).optional(),
    cacheDir: z.string().min(1, 'must name a folder').optional(),
    cacheUrl: storageLocationSchema.transform(asObjectStore).optional(),
    cacheUrlBytes: z.string().transform(parseSizeText).optional(),
    cacheRecheckMs: seconds().default(minuteMs / 4),
  })
  .check((context) => {
    const { upstreamUrl, upstreamToken } = context.value
    if ((upstreamUrl === undefined) === (upstreamToken === undefined)) return
    const path = [upstreamUrl === undefined ? 'upstreamUrl' : 'upstreamToken']
    context.issues.push({ code: 'custom', input: undefined, path, message: 'is required too: an upstream needs both' })
  })
  .check((context) => {
    const { upstreamUrl, upstreamBytes, cacheBytes } = context.value
    if (cacheBytes === undefined || (upstreamUrl !== undefined && upstreamBytes === 'relay')) return
    const message = 'needs an upstream whose bytes are relayed: set the upstream and --upstream-bytes relay'
    context.issues.push({ code: 'custom', input: undefined, path: ['cacheBytes'], message })
  })
  .check((context) => {
    const { cacheBytes, cacheUrl, cacheUrlBytes } = context.value
    const refuse = (name: 'cacheUrl' | 'cacheUrlBytes', message: string) =>
      context.issues.push({ code: 'custom', input: undefined, path: [name], message })
    if (cacheUrl !== undefined && cacheBytes === undefined) {
      refuse('cacheUrl', 'needs --cache-size too: what is shared passes through the cache on disk')
    }
    if (cacheUrlBytes !== undefined && cacheUrl === undefined) refuse('cacheUrlBytes', 'needs --cache-url too')
  })
  .check((context) => {
    if (context.value.dataDir !== undefined || !needsFolder(context.value)) return
    context.issues.push({ code: 'custom', input: undefined, path: ['dataDir'], message: dataDirIsRequired })
  })
  .check((context) => {
    const { tlsCertPath, tlsKeyPath } = context.value
    if ((tlsCertPath === undefined) === (tlsKeyPath === undefined)) return
    const path = [tlsCertPath === undefined ? 'tlsCertPath' : 'tlsKeyPath']
    context.issues.push({ code: 'custom', input: undefined, path, message: 'is required too: TLS needs both files' })
  })

interface Places {
  readonly databaseUrl: string
  readonly storageUrl: StorageLocation
  readonly upstreamUrl?: string | undefined
}

/** Replicas on PostgreSQL and an object store keep nothing of their own; in front of an upstream there are copies and a cache. */
export function needsFolder({ databaseUrl, storageUrl, upstreamUrl }: Places): boolean {
  return databaseUrl === 'sqlite:' || storageUrl.kind === 'files' || upstreamUrl !== undefined
}

export type ServeConfig = Readonly<z.output<typeof serveConfigSchema>>

function wholeNumber({ min, max, what }: { min: number; max: number; what: string }) {
  const message = `must be ${what}, ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,6}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
}

function onOff() {
  return z.enum(['on', 'off'], 'must be on or off').transform((text) => text === 'on')
}

function days({ min }: { min: number }) {
  return wholeNumber({ min, max: maxDays, what: 'a whole number of days' }).transform((value) => value * dayMs)
}

function seconds() {
  return wholeNumber({ min: 1, max: 3600, what: 'a whole number of seconds' }).transform((value) => value * 1000)
}

function checkDatabaseUrl(text: string, context: z.RefinementCtx): void {
  try {
    parseDatabaseUrl(text)
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
}

function asObjectStore(location: StorageLocation, context: z.RefinementCtx): S3Location {
  if (location.kind === 's3') return location
  context.addIssue({ code: 'custom', message: 'must be s3://…: --cache-dir names the folder of a cache on disk' })
  return z.NEVER
}

function parseOrigins(text: string, context: z.RefinementCtx): readonly string[] {
  const origins = text.split(',').map((origin) => origin.trim())
  if (origins.every((origin) => origin === '*' || isOrigin(origin))) {
    return origins.map((origin) => (origin === '*' ? origin : new URL(origin).origin))
  }
  context.addIssue({
    code: 'custom',
    message: 'must be origins such as https://app.example.com, separated by commas, or *',
  })
  return z.NEVER
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
}

/** With a path where the API has one; never with credentials or a query, which would end up in logs. */
function isApiUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false
  return url.search === '' && url.hash === '' && url.username === '' && url.password === ''
}

/** Host names, of which the first label may be `*` for any labels in its place. */
function parseHosts(text: string, context: z.RefinementCtx): readonly string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase())
  if (hosts.every((host) => /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$|^\[[0-9a-f:.]+\]$/.test(host))) return hosts
  context.addIssue({
    code: 'custom',
    message: 'must be host names such as bucket.s3.example.com or *.s3.example.com, separated by commas, without ports',
  })
  return z.NEVER
}
