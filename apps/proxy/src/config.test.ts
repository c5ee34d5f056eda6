import { describe, expect, it } from 'vitest'
import { readServeConfig } from './config.ts'

describe('the configuration', () => {
  it('has defaults for everything but the data folder', () => {
    expect(readServeConfig({ flags: { dataDir: 'data' }, env: {} })).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: 'data',
      publicUrl: undefined,
      logLevel: 'info',
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
  ])('refuses %j and names the variable', (env, message) => {
    expect(() => readServeConfig({ flags: {}, env: { SLIPWAY_DATA_DIR: 'data', ...env } })).toThrow(message)
  })
})
