import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readServeConfig } from './config.ts'
import { describeConfig } from './config-report.ts'

describe('the configuration', () => {
  it('has defaults for everything but the data folder', () => {
    expect(readServeConfig({ flags: { dataDir: 'data' }, env: {} })).toEqual({
      host: '127.0.0.1',
      port: 8080,
      databaseUrl: 'sqlite:',
      databasePoolSize: 10,
      databaseTimeoutMs: 10_000,
      dataDir: 'data',
      storageUrl: { kind: 'files', url: 'file:' },
      verify: 'background',
      logLevel: 'info',
      uploadExpiryMs: 7 * 86_400_000,
      purgeGraceMs: 7 * 86_400_000,
      auditRetentionMs: 365 * 86_400_000,
      maxConcurrentUploads: 256,
      idleTimeoutMs: 60_000,
      headersTimeoutMs: 30_000,
      corsOrigins: [],
      metrics: true,
      upstreamBytes: 'direct',
      upstreamStorageHosts: [],
      upstreamAllowPrivate: false,
      upstreamConcurrency: 32,
      upstreamTimeoutMs: 30_000,
      relayVerify: true,
      cacheRecheckMs: 15_000,
    })
  })

  it('lets flags win over the environment', () => {
    const env = { SLIPWAY_PORT: '1', SLIPWAY_DATA_DIR: 'a', SLIPWAY_LOG_LEVEL: 'silent' }
    expect(readServeConfig({ flags: { port: '0' }, env })).toMatchObject({
      port: 0,
      dataDir: 'a',
      logLevel: 'silent',
    })
  })

  it.each([
    [{ SLIPWAY_PORT: '65536' }, 'SLIPWAY_PORT must be a port number, 0 to 65535'],
    [{ SLIPWAY_PORT: '0x50' }, 'SLIPWAY_PORT must be a port number, 0 to 65535'],
    [{ SLIPWAY_HOST: '' }, 'SLIPWAY_HOST must be a host name or an address'],
    [{ SLIPWAY_PUBLIC_URL: 'ftp://a' }, 'SLIPWAY_PUBLIC_URL must be a scheme and host'],
    [{ SLIPWAY_PUBLIC_URL: 'https://a?b' }, 'SLIPWAY_PUBLIC_URL must be a scheme and host'],
    [{ SLIPWAY_LOG_LEVEL: 'loud' }, 'SLIPWAY_LOG_LEVEL must be one of fatal'],
    [{ SLIPWAY_DATA_DIR: '' }, 'SLIPWAY_DATA_DIR must name a folder'],
    [{ SLIPWAY_QUOTA: '5 apples' }, 'SLIPWAY_QUOTA must be a size'],
    [{ SLIPWAY_UPLOAD_EXPIRY_DAYS: '0' }, 'SLIPWAY_UPLOAD_EXPIRY_DAYS must be a whole number of days'],
    [{ SLIPWAY_CORS_ORIGINS: 'a.example' }, 'SLIPWAY_CORS_ORIGINS must be origins'],
    [{ SLIPWAY_METRICS_TOKEN: 'short' }, 'SLIPWAY_METRICS_TOKEN must be 16 to 255'],
    [{ SLIPWAY_DATABASE_URL: 'mysql://h/x' }, 'SLIPWAY_DATABASE_URL must be sqlite: or a URL of PostgreSQL'],
    [{ SLIPWAY_DATABASE_POOL: '0' }, 'SLIPWAY_DATABASE_POOL must be a number of connections'],
    [{ SLIPWAY_STORAGE_URL: 's3://b?x=y' }, 'SLIPWAY_STORAGE_URL must name a bucket'],
    [{ SLIPWAY_VERIFY: 'maybe' }, 'SLIPWAY_VERIFY must be one of off, background, complete'],
    [{ SLIPWAY_CACHE_URL: 'file:' }, 'SLIPWAY_CACHE_URL must be s3://'],
    [{ SLIPWAY_CACHE_URL: 's3://a:b@bucket' }, 'SLIPWAY_CACHE_URL must not hold credentials'],
    [{ SLIPWAY_CACHE_URL: 's3://bucket/p' }, 'SLIPWAY_CACHE_URL needs --cache-size too'],
    [{ SLIPWAY_CACHE_URL_SIZE: '1GiB' }, 'SLIPWAY_CACHE_URL_SIZE needs --cache-url too'],
    [{ SLIPWAY_TLS_CERT: 'cert.pem' }, '--tls-key or SLIPWAY_TLS_KEY is required too'],
  ])('refuses %j and names the variable', (env, message) => {
    expect(() => readServeConfig({ flags: {}, env: { SLIPWAY_DATA_DIR: 'data', ...env } })).toThrow(message)
  })

  it('reads sizes, lists and switches', () => {
    const env = { SLIPWAY_QUOTA: '2TiB', SLIPWAY_CORS_ORIGINS: 'https://a.example, https://b.example/' }
    expect(readServeConfig({ flags: { dataDir: 'data', metrics: 'off' }, env })).toMatchObject({
      quotaBytes: 2 * 2 ** 40,
      corsOrigins: ['https://a.example', 'https://b.example'],
      metrics: false,
    })
  })
})

describe('the configuration file', () => {
  let directory: string
  let configPath: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'slipway-config-'))
    configPath = join(directory, 'config.json')
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('stands behind the flags and the environment', () => {
    writeFileSync(
      configPath,
      JSON.stringify({ port: 1, host: 'file', data: 'd', metrics: false, 'cors-origins': ['*'] }),
    )
    const env = { SLIPWAY_PORT: '2', SLIPWAY_CONFIG: configPath }
    expect(readServeConfig({ flags: { host: 'flag' }, env })).toMatchObject({
      port: 2,
      host: 'flag',
      dataDir: 'd',
      metrics: false,
      corsOrigins: ['*'],
    })
  })

  it.each([
    ['{"port": "x", "data": "d"}', 'port in'],
    ['{"prot": 1}', 'prot is not a setting'],
    ['{"metrics-token": "planted-secret-value"', 'is not well-formed JSON'],
    ['[]', 'must be a JSON object'],
  ])('is refused as %s, in words', (text, message) => {
    writeFileSync(configPath, text)
    expect(() => readServeConfig({ flags: {}, env: {}, configPath })).toThrow(message)
    expect(() => readServeConfig({ flags: {}, env: {}, configPath })).not.toThrow('planted')
  })

  it('may not be missing', () => {
    expect(() => readServeConfig({ flags: {}, env: {}, configPath: join(directory, 'none') })).toThrow('cannot be read')
  })

  it('is reported without its secrets', () => {
    const config = readServeConfig({ flags: { dataDir: 'd', metricsToken: 'planted-secret-value' }, env: {} })
    expect(describeConfig(config)).toMatchObject({ dataDir: 'd', metricsToken: '[redacted]', quotaBytes: null })
  })

  it('shows where bytes are as it was written', () => {
    const cacheUrl = 's3://bucket/front?endpoint=https://s3.example.com'
    const upstream = { upstreamUrl: 'https://api.example', upstreamToken: 'secret', upstreamBytes: 'relay' }
    const flags = { dataDir: 'd', ...upstream, cacheBytes: '1GiB', cacheUrl, cacheUrlBytes: '2TiB' }
    const shown = { storageUrl: 'file:', cacheUrl, cacheUrlBytes: 2 * 2 ** 40 }
    expect(describeConfig(readServeConfig({ flags, env: {} }))).toMatchObject(shown)
    expect(describeConfig(readServeConfig({ flags: { dataDir: 'd' }, env: {} }))).toMatchObject({ cacheUrl: null })
  })
})
