/**
 * A request's target as path and query alone: without scheme and host, which RFC 9112, 3.2.2 has servers accept, and which
 * may be anything that a client wrote.
 */
export function originFormOf(target = '/'): string {
  if (target.startsWith('/')) return target
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '')
  return rest === '' || rest.startsWith('?') ? `/${rest}` : rest
}

/** Without the query, which may carry a signature. @param target in origin form */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}
