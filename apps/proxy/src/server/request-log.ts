import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { RequestContext } from '../http/request-context.ts'
import type { Metrics } from '../metrics/metrics.ts'

interface LogWhenAnsweredOptions {
  readonly log: Logger
  readonly metrics: Metrics
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: RequestContext
  /** Without the query. */
  readonly path: string
  readonly startedAtMs: number
}

/** A token that somebody put where it does not belong. */
const tokenLike = /sk_live_[A-Za-z0-9_-]+/g

/** One line a request, written when it is over. Neither headers nor the query are in it: both carry secrets. */
export function logWhenAnswered({
  log,
  metrics,
  request,
  response,
  context,
  path,
  startedAtMs,
}: LogWhenAnsweredOptions): void {
  // It comes once; `once` would wrap the listener for every request.
  response.on('close', () => {
    const isAborted = !response.writableFinished
    const durationMs = performance.now() - startedAtMs
    const { method = '' } = request
    const status = isAborted && !response.headersSent ? 0 : response.statusCode
    metrics.observeRequest({ method, route: context.route ?? 'other', status, seconds: durationMs / 1000 })
    if (context.cause === undefined && !log.isLevelEnabled('info')) return
    const line = {
      requestId: context.requestId,
      method,
      path: path.replace(tokenLike, 'sk_live_[redacted]'),
      status: status === 0 ? undefined : status,
      durationMs: Math.round(durationMs * 10) / 10,
      tokenId: context.tokenId,
      ...(isAborted ? { isAborted } : {}),
    }
    if (context.cause === undefined) log.info(line, 'request')
    else log.error({ ...line, err: context.cause }, 'request failed')
  })
}
