import type { IncomingHttpHeaders } from 'node:http'

export type ConditionOutcome = 'proceed' | 'not_modified' | 'precondition_failed'

/** RFC 9110, 13.2.2 with a strong ETag and no dates: If-Match first, then If-None-Match. */
export function evaluateConditions(headers: IncomingHttpHeaders, etag: string): ConditionOutcome {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers
  // If-Match compares strongly, If-None-Match weakly.
  if (ifMatch !== undefined && !listsEtag(ifMatch, etag, { isWeak: false })) return 'precondition_failed'
  if (ifNoneMatch !== undefined && listsEtag(ifNoneMatch, etag, { isWeak: true })) return 'not_modified'
  return 'proceed'
}

/** RFC 9110, 13.1.5: a range is answered only while the client's copy is of these very bytes. */
export function isRangeWanted(headers: IncomingHttpHeaders, etag: string): boolean {
  const ifRange = headers['if-range']
  return ifRange === undefined || ifRange === etag
}

function listsEtag(header: string, etag: string, { isWeak }: { isWeak: boolean }): boolean {
  if (header.trim() === '*') return true
  const listed = header.match(/(?:W\/)?"[^"]*"/g) ?? []
  return listed.some((candidate) => (isWeak ? candidate.replace(/^W\//, '') : candidate) === etag)
}
