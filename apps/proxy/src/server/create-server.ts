import { readFileSync } from 'node:fs'
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import { ConfigError } from '../config-error.ts'
import type { ServeConfig } from '../config-schema.ts'

/** Longer than what load balancers keep idle connections for (60 s as a rule), so that it is never the server who hangs up. */
const keepAliveTimeoutMs = 75_000
const maxCheckIntervalMs = 5000

type HttpConfig = Pick<ServeConfig, 'headersTimeoutMs' | 'tlsCertPath' | 'tlsKeyPath'>

/** @throws {ConfigError} when the certificate or its key cannot be used */
export function createHttpServer({ headersTimeoutMs, tlsCertPath, tlsKeyPath }: HttpConfig): Server {
  const options: ServerOptions = {
    headersTimeout: headersTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    // An upload takes as long as it takes: the byte routes cut connections on which nothing moves instead.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(headersTimeoutMs / 2, maxCheckIntervalMs),
  }
  if (tlsCertPath === undefined || tlsKeyPath === undefined) return createServer(options)
  const pair = { cert: readPem('--tls-cert', tlsCertPath), key: readPem('--tls-key', tlsKeyPath) }
  try {
    createSecureContext(pair)
  } catch (error) {
    throw new ConfigError(`--tls-cert and --tls-key are no pair of certificate and key: ${(error as Error).message}`)
  }
  return createTlsServer({ ...options, ...pair, minVersion: 'TLSv1.2' })
}

function readPem(flag: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigError(`${flag} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
