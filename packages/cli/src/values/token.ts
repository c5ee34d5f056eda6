import { usageFailure } from './usage-failure.ts'

/** Reads a token; the newline that `$(cat file)` leaves off and an editor adds is forgiven. The message never shows it. */
export function parseToken(text: string, source: string): string {
  const token = text.trim()
  // What a header can carry, but for the quotes that come along when a token is copied out of a script.
  if (/^[\x21-\x7e]+$/.test(token) && !/["'`]/.test(token)) return token
  const problem = token === '' ? 'is empty' : 'holds characters that no token has, such as spaces or quotes'
  throw usageFailure(`the API token from ${source} ${problem}`, 'copy it again, as one word')
}
