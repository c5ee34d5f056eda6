import { NetworkError, SlipwayError } from './slipway-error.ts'

const reasons: Readonly<Record<string, readonly [code: string, words: string]>> = {
  ECONNREFUSED: ['connection_refused', 'the connection was refused: is the server running and the URL right?'],
  ECONNRESET: ['connection_reset', 'the connection was reset'],
  EPIPE: ['connection_reset', 'the connection was closed by the server'],
  UND_ERR_SOCKET: ['connection_reset', 'the connection was closed by the server'],
  UND_ERR_CLOSED: ['connection_reset', 'the connection was closed'],
  UND_ERR_DESTROYED: ['connection_reset', 'the connection was closed'],
  ENOTFOUND: ['host_not_found', 'the host name was not found: check the URL'],
  EAI_AGAIN: ['host_not_found', 'the host name could not be looked up just now'],
  EHOSTUNREACH: ['host_unreachable', 'the host cannot be reached'],
  ENETUNREACH: ['host_unreachable', 'the network cannot be reached'],
  ETIMEDOUT: ['timeout', 'the connection timed out'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'the connection could not be made in time'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'the server did not answer in time'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'the server stopped sending'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['truncated', 'the answer ended early'],
}

/** Certificates do not get better by trying again. */
const certificateCode = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|HOSTNAME_MISMATCH|ALTNAME/

/**
 * Turns what undici or a socket threw into a {@link NetworkError}.
 * @param what the request as shown to people: method and path, no query
 */
export function toNetworkError(error: unknown, what: string): SlipwayError {
  if (error instanceof SlipwayError) return error
  const systemCode = codeOf(error)
  const [code, words] = reasons[systemCode] ??
    (certificateCode.test(systemCode)
      ? (['untrusted_certificate', `the server's certificate is not trusted (${systemCode})`] as const)
      : undefined) ?? [
      'network',
      `the connection failed (${systemCode || (error instanceof Error ? error.name : 'unknown')})`,
    ]
  return new NetworkError(`${what}: ${words}`, { code, cause: error })
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // Happy Eyeballs reports one error for all addresses tried.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  const { code, cause } = (first ?? {}) as { code?: unknown; cause?: unknown }
  return typeof code === 'string' ? code : codeOf(cause)
}
