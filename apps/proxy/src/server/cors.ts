import type { IncomingMessage, ServerResponse } from 'node:http'

interface CorsOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** `*` allows any page: only for installations whose tokens no browser holds by itself, which bearer tokens are. */
  readonly origins: readonly string[]
}

const exposedHeaders = 'ETag, Content-Range, Accept-Ranges, X-Request-Id, Retry-After'
const allowedHeaders =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Range, X-Request-Id'
const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const maxAgeSeconds = '600'

/**
 * Lets pages of the configured origins read answers. Credentials are never allowed: there are no cookies to send.
 * @returns true when the request was a preflight, and is answered
 */
export function applyCors({ request, response, origins }: CorsOptions): boolean {
  const { origin } = request.headers
  if (origins.length === 0) return false
  response.setHeader('vary', 'Origin')
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return false
  response.setHeader('access-control-allow-origin', origins.includes('*') ? '*' : origin)
  response.setHeader('access-control-expose-headers', exposedHeaders)
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  response.writeHead(204, {
    'access-control-allow-methods': allowedMethods,
    'access-control-allow-headers': allowedHeaders,
    'access-control-max-age': maxAgeSeconds,
  })
  response.end()
  return true
}
