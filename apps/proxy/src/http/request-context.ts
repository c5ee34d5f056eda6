import { randomUUID } from 'node:crypto'

/** What is known of a request while it is answered, and told in its log line. */
export interface RequestContext {
  readonly requestId: string
  /** Came over TLS that ends here. */
  readonly isSecure: boolean
  /** What answers it: an operation's name, for instance. */
  route?: string
  /** Set once the caller is known. */
  tokenId?: string
  /** What made the answer a 5xx; goes to the log only. */
  cause?: unknown
}

const saneRequestId = /^[A-Za-z0-9._-]{1,128}$/

/** Takes the caller's request id when it is harmless in logs and headers, and makes one up otherwise. */
export function createRequestContext(
  requestIdHeader: string | string[] | undefined,
  { isSecure = false }: { readonly isSecure?: boolean } = {},
): RequestContext {
  const isSane = typeof requestIdHeader === 'string' && saneRequestId.test(requestIdHeader)
  return { requestId: isSane ? requestIdHeader : randomUUID(), isSecure }
}
