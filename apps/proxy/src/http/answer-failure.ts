import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuse } from '../bytes/refuse.ts'
import { createStreamBody } from '../bytes/request-body.ts'
import { toApiError } from '../to-api-error.ts'
import type { RequestContext } from './request-context.ts'

interface AnswerFailureOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: RequestContext
  readonly thrown: unknown
}

/** Answers with what was thrown, or cuts the connection when an answer has begun. Never rejects. */
export async function answerFailure({ request, response, context, thrown }: AnswerFailureOptions): Promise<void> {
  const error = toApiError(thrown, context)
  if (error.status >= 500 && !request.socket.destroyed) context.cause = error.cause
  if (!response.headersSent) response.setHeader('x-request-id', context.requestId)
  await refuse({ request, response, body: createStreamBody(request), error, isBodyComing: true })
}
