import type { IncomingMessage, Server } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import type { Deps } from '../deps.ts'
import { createHttpServer, keepAliveTimeoutMs, reloadCertificate } from './create-server.ts'
import { DirectRequest, leavesBodies } from './direct/direct-request.ts'
import { type DirectConnections, serveDirectly } from './direct/serve-directly.ts'
import { createRequestListener } from './request-listener.ts'
import { type SilentConnections, trackSilentConnections } from './silent-connections.ts'
import { createUnparsedRequests } from './unparsed-requests.ts'

export interface StartServerOptions {
  readonly deps: Deps
  readonly host: string
  readonly port: number
}

export interface RunningServer {
  /** The address to reach it by from this machine, such as `http://127.0.0.1:8080`. */
  readonly url: string
  readonly port: number
  /**
   * Has new connections use the certificate that its files hold now.
   * @throws {ConfigError} when it cannot be used: the server goes on with the one it has
   */
  reloadCertificate(): void
  /** Stops accepting, lets the requests in flight finish for at most `graceMs`, then cuts what is left. */
  stop(options?: { readonly graceMs?: number }): Promise<void>
}

const defaultGraceMs = 30_000
const idleSweepIntervalMs = 100
const silentGraceMs = 1000

/**
 * @throws {Error} with the code `EADDRINUSE` or `EACCES` when the port cannot be had
 * @throws {ConfigError} when TLS is asked for with files that cannot be used
 */
export async function startServer({ deps, host, port }: StartServerOptions): Promise<RunningServer> {
  const listener = createRequestListener(deps)
  const { config } = deps
  const isDirect = takesPartsItself(deps)
  const server = createHttpServer({ config, ...(isDirect && { IncomingMessage: DirectRequest }) })
  const direct = isDirect
    ? serveDirectly({
        server,
        keepAliveTimeoutMs,
        answer: ({ request, response, body }) =>
          listener(request, response, { expectsContinue: expectsContinue(request), body }),
      })
    : undefined
  server.on('request', (request, response) => listener(request, response, { expectsContinue: false }))
  server.on('checkContinue', (request, response) => listener(request, response, { expectsContinue: true }))
  // RFC 9110, 10.1.1 allows to ignore any other expectation; Node would answer 417 without the envelope.
  server.on('checkExpectation', (request, response) => listener(request, response, { expectsContinue: false }))
  const unparsed = createUnparsedRequests(deps)
  server.on('clientError', unparsed.onClientError)
  server.on('connect', unparsed.onConnect)
  // A failed TLS handshake concerns its client alone.
  server.on('tlsClientError', (_, socket) => socket.destroy())
  const silent = trackSilentConnections(server)
  await listen(server, { host, port })

  const address = server.address() as AddressInfo
  let stopping: Promise<void> | undefined
  return {
    url: `${config.tlsCertPath === undefined ? 'http' : 'https'}://${urlHostOf(host)}:${address.port}`,
    port: address.port,
    reloadCertificate: () => reloadCertificate(server, config),
    stop({ graceMs = defaultGraceMs } = {}) {
      stopping ??= drain({ server, direct, silent, deps, graceMs })
      return stopping
    },
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Over TLS the bytes have to be decrypted first, and parts for elsewhere are passed on as a stream. */
function takesPartsItself({ config, upstream, storage }: Deps): boolean {
  const isPlain = config.tlsCertPath === undefined && upstream === undefined
  return leavesBodies && isPlain && storage.serveBytes !== undefined
}

function expectsContinue({ headers }: IncomingMessage): boolean {
  return headers.expect?.toLowerCase() === '100-continue'
}

interface DrainOptions {
  readonly server: Server
  readonly direct: DirectConnections | undefined
  readonly silent: SilentConnections
  readonly deps: Deps
  readonly graceMs: number
}

async function drain({ server, direct, silent, deps, graceMs }: DrainOptions): Promise<void> {
  deps.isDraining = true
  // A connection whose last answer was under way when the stop began is idle afterwards: closed then.
  const closeIdle = () => {
    server.closeIdleConnections()
    direct?.closeIdle()
  }
  const closeAll = () => {
    server.closeAllConnections()
    direct?.closeAll()
  }
  const idleSweep = setInterval(closeIdle, idleSweepIntervalMs)
  // Not at once: the first request of a new connection may be on its way.
  const hush = setTimeout(silent.close, Math.min(silentGraceMs, graceMs))
  const cut = setTimeout(closeAll, graceMs)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearInterval(idleSweep)
  clearTimeout(hush)
  clearTimeout(cut)
}

/** The unspecified address is not one to connect to; loopback reaches the same server. */
function urlHostOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return isIPv6(host) ? `[${host}]` : host
}
