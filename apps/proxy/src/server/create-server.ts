import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import { ConfigError } from '../config-error.ts'
import type { ServeConfig } from '../config-schema.ts'

/** Longer than what load balancers keep idle connections for (60 s as a rule), so that it is never the server who hangs up. */
export const keepAliveTimeoutMs = 75_000
const maxCheckIntervalMs = 5000

type HttpConfig = Pick<ServeConfig, 'headersTimeoutMs' | 'tlsCertPath' | 'tlsKeyPath'>

interface HttpServerOptions {
  readonly config: HttpConfig
  /** Default: Node's own. */
  readonly IncomingMessage?: typeof IncomingMessage | undefined
}

/** @throws {ConfigError} when the certificate or its key cannot be used */
export function createHttpServer({ config, ...classes }: HttpServerOptions): Server {
  const { headersTimeoutMs, tlsCertPath, tlsKeyPath } = config
  const options: ServerOptions = {
    ...classes,
    headersTimeout: headersTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    // An upload takes as long as it takes: the byte routes cut connections on which nothing moves instead.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(headersTimeoutMs / 2, maxCheckIntervalMs),
    // A request without a body ends with its head: no stream to go through its events, a twelfth of a small request.
    optimizeEmptyRequests: true,
    // Refused by the listener, in the envelope.
    requireHostHeader: false,
  }
  if (tlsCertPath === undefined || tlsKeyPath === undefined) return createServer(options)
  return createTlsServer({ ...options, ...readPair(tlsCertPath, tlsKeyPath), minVersion })
}

/**
 * Has new connections use what the certificate's files hold now; those that are open go on.
 * @throws {ConfigError} when they cannot be used: the server keeps what it has
 */
export function reloadCertificate(server: Server, { tlsCertPath, tlsKeyPath }: HttpConfig): void {
  if (!(server instanceof TlsServer) || tlsCertPath === undefined || tlsKeyPath === undefined) return
  server.setSecureContext({ ...readPair(tlsCertPath, tlsKeyPath), minVersion })
}

/** @throws {ConfigError} when TLS is configured with files that cannot be used */
export function assertCertificate({ tlsCertPath, tlsKeyPath }: Pick<HttpConfig, 'tlsCertPath' | 'tlsKeyPath'>): void {
  if (tlsCertPath !== undefined && tlsKeyPath !== undefined) readPair(tlsCertPath, tlsKeyPath)
}

const minVersion = 'TLSv1.2'

function readPair(certPath: string, keyPath: string) {
  const pair = { cert: readPem('--tls-cert', certPath), key: readPem('--tls-key', keyPath) }
  try {
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw new ConfigError(`--tls-cert and --tls-key are no pair of certificate and key: ${(error as Error).message}`)
  }
}

function readPem(flag: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigError(`${flag} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
