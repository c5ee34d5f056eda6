import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { RequestContext } from '../http/request-context.ts'

interface LogWhenAnsweredOptions {
  readonly log: Logger
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
export function logWhenAnswered({ log, request, response, context, path, startedAtMs }: LogWhenAnsweredOptions): void {
  response.once('close', () => {
    const isAborted = !response.writableFinished
    const line = {
      requestId: context.requestId,
      method: request.method,
      path: path.replace(tokenLike, 'sk_live_[redacted]'),
      status: isAborted && !response.headersSent ? undefined : response.statusCode,
      durationMs: Math.round((performance.now() - startedAtMs) * 10) / 10,
      tokenId: context.tokenId,
      ...(isAborted ? { isAborted } : {}),
    }
    if (context.cause === undefined) log.info(line, 'request')
    else log.error({ ...line, err: context.cause }, 'request failed')
  })
}
