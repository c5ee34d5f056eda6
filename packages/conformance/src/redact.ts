/**
 * Takes out of a text what gives access: the given tokens, whatever looks like one, and the query of every URL.
 * Reports end up in logs and tickets.
 */
export function redact(text: string, tokens: readonly string[]): string {
  let redacted = text
  for (const token of tokens) redacted = redacted.replaceAll(token, '[token]')
  return redacted
    .replace(/\bsk_(?:live|test)_[A-Za-z0-9_-]+/g, '[token]')
    .replace(/(https?:\/\/[^\s"'<>?]+)\?[^\s"'<>]*/gi, '$1?[redacted]')
    .replace(/((?:signature|sig|credential)=)[^\s"'&<>]+/gi, '$1[redacted]')
}
