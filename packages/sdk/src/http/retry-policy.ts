import { ApiError } from '../errors/api-error.ts'
import { NetworkError, ResponseError } from '../errors/slipway-error.ts'

/**
 * What a failed attempt means. `retry`: the same again after a pause. `congested`: the same, and with less at once.
 * `renew_url`: the presigned URL is no longer good, a fresh one may be. `stop`: trying again cannot help.
 */
export type Verdict = 'retry' | 'congested' | 'renew_url' | 'stop'

/** The one table. A status that is not here stops when it is a 4xx and is retried when it is a 5xx. */
const verdicts: Readonly<Record<number, Verdict>> = {
  408: 'congested',
  425: 'retry',
  429: 'congested',
  500: 'retry',
  501: 'stop',
  502: 'retry',
  503: 'congested',
  504: 'congested',
  505: 'stop',
  507: 'stop',
}

export function classifyFailure(error: unknown): Verdict {
  if (error instanceof NetworkError) {
    if (error.code === 'untrusted_certificate') return 'stop'
    return error.code === 'timeout' || error.code === 'stalled' || error.code === 'connection_reset'
      ? 'congested'
      : 'retry'
  }
  // A body cut short or garbled on its way; the next one may be whole.
  if (error instanceof ResponseError) return 'retry'
  if (!(error instanceof ApiError)) return 'stop'
  if (error.isPresigned && error.status === 403) return 'renew_url'
  const verdict = verdicts[error.status] ?? (error.status >= 500 ? 'retry' : 'stop')
  // Its code and words decide what the caller does about it: worth hearing whole.
  return verdict === 'stop' && error.isCutShort ? 'retry' : verdict
}
