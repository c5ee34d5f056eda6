import { ApiError } from '../../api-error.ts'

export interface ByteTargetsOptions {
  /** Of the upstream's API. */
  readonly apiUrl: string
  /** Lower case; `*.example.com` stands for all names below it. */
  readonly storageHosts: readonly string[]
}

/** @returns the URL, taken apart @throws {ApiError} upstream_invalid, naming the host and never the rest of the URL */
export type CheckByteUrl = (text: string) => URL

/**
 * The upstream says where bytes are, and this server goes there: only to the upstream itself and to the hosts that the
 * operator named, never from TLS to plain text.
 */
export function createByteUrlCheck({ apiUrl, storageHosts }: ByteTargetsOptions): CheckByteUrl {
  const api = new URL(apiUrl)
  return (text) => {
    const url = URL.parse(text)
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
      throw refuse('the upstream gave out a URL that cannot be used')
    }
    if (api.protocol === 'https:' && url.protocol !== 'https:') {
      throw refuse(`the upstream gave out a URL without TLS, on ${url.host}`)
    }
    if (url.origin === api.origin || storageHosts.some((pattern) => isHostOf(pattern, url.hostname))) return url
    throw refuse(
      `the upstream gave out a URL on ${url.hostname}, which this server may not use: ` +
        'the operator can allow it with --upstream-storage-hosts',
    )
  }
}

function isHostOf(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern
}

function refuse(message: string): ApiError {
  return new ApiError({ code: 'upstream_invalid', message })
}
