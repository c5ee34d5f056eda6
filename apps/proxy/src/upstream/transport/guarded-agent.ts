import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { isPublicAddress } from './address.ts'

/** A name led to an address that bytes must not be fetched from. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError'
  readonly code = 'FORBIDDEN_ADDRESS'
}

export interface GuardedAgentOptions {
  /** Connections to hosts of this origin are the operator's own wish and go anywhere. */
  readonly trustedOrigin: string
  readonly allowPrivate: boolean
  readonly connectTimeoutMs: number
  /** Connections to one origin; more requests than that wait for one. */
  readonly maxConnections: number
  readonly lookup?: typeof systemLookup
}

const keepAliveTimeoutMs = 30_000

/**
 * Connections that are kept and used again. Addresses are checked where the connection is made, on what the name resolved
 * to for that very connection: a name that resolves differently a moment later gains nothing.
 */
export function createGuardedAgent(options: GuardedAgentOptions): Dispatcher {
  const { trustedOrigin, allowPrivate, connectTimeoutMs, maxConnections, lookup = systemLookup } = options
  const trusted = buildConnector({ timeout: connectTimeoutMs, allowH2: false })
  // The type of the connector's options leaves out what it passes on to `net.connect`.
  const guardedOptions = { timeout: connectTimeoutMs, allowH2: false, lookup: guardLookup(lookup) }
  const guarded = buildConnector(guardedOptions as buildConnector.BuildOptions)
  return new Agent({
    connections: maxConnections,
    keepAliveTimeout: keepAliveTimeoutMs,
    connect(target, callback) {
      if (allowPrivate || originOf(target) === trustedOrigin) return trusted(target, callback)
      // An address needs no lookup, so that nobody else would check it.
      const host = target.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(forbidden(host), null)
      return guarded(target, callback)
    },
  })
}

function guardLookup(lookup: typeof systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const wrong = addresses.find(({ address }) => !isPublicAddress(address))
      // One wrong address among right ones is a name that somebody plays with.
      if (wrong) return callback(forbidden(hostname), [])
      const [first] = addresses
      if (options.all || !first) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function forbidden(host: string): ForbiddenAddressError {
  return new ForbiddenAddressError(`${host} is at a loopback, private or reserved address`)
}

function originOf({ protocol, hostname, port }: buildConnector.Options): string {
  const url = URL.parse(`${protocol}//${hostname}${port ? `:${port}` : ''}`)
  return url?.origin ?? ''
}
