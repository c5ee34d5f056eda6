import { usageFailure } from './usage-failure.ts'

/**
 * Reads an API URL. A trailing slash and the API's own prefix are forgiven: people copy URLs from its documentation.
 * @param source where it came from, for the message
 */
export function parseApiUrl(text: string, source: string): string {
  const url = URL.parse(text.trim())
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw usageFailure(
      `the API URL must start with http:// or https:// (from ${source})`,
      'example: https://api.sfcompute.com',
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw usageFailure(`the API URL must not hold a user name or password (from ${source})`, 'pass the token instead')
  }
  if (url.search !== '' || url.hash !== '') {
    throw usageFailure(`the API URL must not have a query or a fragment (from ${source})`)
  }
  return url.href
    .replace(/\/+$/, '')
    .replace(/(?:\/preview)?\/v2$/, '')
    .replace(/\/+$/, '')
}
