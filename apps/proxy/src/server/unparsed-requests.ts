import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { ApiError, errorBodyOf } from '../api-error.ts'
import { methodNotAllowed } from '../http/not-served.ts'

interface ParserError extends Error {
  readonly code?: string
}

/** Answers what never becomes a request, with the same envelope, an id and a log line. */
export interface UnparsedRequests {
  /** What Node's HTTP parser refuses. */
  onClientError(error: ParserError, socket: Duplex): void
  /** A tunnel, which this server is not the way to. */
  onConnect(request: unknown, socket: Duplex): void
}

const reasons = new Map([
  ['HPE_HEADER_OVERFLOW', { code: 'headers_too_large', message: 'the headers are too large: send less' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { code: 'request_timed_out', message: 'the request did not arrive in time' }],
] as const)
const malformed = { code: 'invalid_format', message: 'the request is not well-formed HTTP/1.1' } as const
const servedMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export function createUnparsedRequests({ log }: { readonly log: Pick<Logger, 'info'> }): UnparsedRequests {
  const refused = new WeakSet<Duplex>()
  const refusalOf = (error: ApiError, parserCode: string | undefined) => {
    const requestId = randomUUID()
    log.info({ requestId, status: error.status, parserCode }, 'request refused unparsed')
    return messageOf(error, requestId)
  }
  return {
    onClientError(error, socket) {
      if (!socket.writable || error.code === 'ECONNRESET') {
        socket.destroy()
        return
      }
      // The parser says so again for whatever else arrives.
      if (refused.has(socket)) return
      refused.add(socket)
      const refusal = new ApiError(reasons.get(error.code as never) ?? malformed)
      afterAnswers(socket, () => void socket.end(refusalOf(refusal, error.code)))
    },
    onConnect(_, socket) {
      socket.on('error', () => undefined)
      const refusal = methodNotAllowed({ method: 'CONNECT', allowed: servedMethods })
      // The server has let go of it: a client that keeps its side open would hold the socket, and the server's stop, for ever.
      socket.end(refusalOf(refusal, undefined), () => socket.destroy())
    },
  }
}

type AnsweredSocket = Duplex & { readonly _httpMessage?: ServerResponse | null }

/**
 * Requests that came whole before the malformed bytes are answered first: those bytes are none of theirs. An answer that is
 * under way to a request whose own body they are in cannot be finished.
 */
function afterAnswers(socket: AnsweredSocket, refuse: () => void): void {
  const { _httpMessage: answer } = socket
  if (!answer) {
    if (socket.writable) refuse()
    return
  }
  if (answer.req.complete) {
    answer.once('close', () => afterAnswers(socket, refuse))
    return
  }
  if (answer.headersSent) socket.destroy()
  else refuse()
}

function messageOf(error: ApiError, requestId: string): string {
  const body = JSON.stringify(errorBodyOf(error))
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `x-request-id: ${requestId}`,
    ...Object.entries(error.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
