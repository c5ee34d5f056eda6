import { invalidField } from '../api-errors.ts'

const hostPattern = /^(?:[a-z0-9](?:[a-z0-9._-]{0,253}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

interface OriginOptions {
  readonly publicUrl: string | undefined
  readonly host: string | undefined
  /** The request came over TLS. */
  readonly isSecure?: boolean
}

/**
 * Scheme and host that presigned URLs start with. A Host header is the caller's own claim, so it must at least be a host;
 * behind a proxy that rewrites it, `--public-url` decides.
 * @throws {ApiError}
 */
export function originOf({ publicUrl, host, isSecure = false }: OriginOptions): string {
  if (publicUrl !== undefined) return publicUrl
  if (host !== undefined && hostPattern.test(host) && URL.canParse(`http://${host}`))
    return `${isSecure ? 'https' : 'http'}://${host}`
  throw invalidField('Host', 'the Host header must be a host name or address with an optional port')
}
