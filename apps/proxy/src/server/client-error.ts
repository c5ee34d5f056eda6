import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorTypeOf } from '@slipway/core'

const answers = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, code: 'headers_too_large', message: 'the headers are too large: send less' }],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { status: 408, code: 'request_timed_out', message: 'the request did not arrive in time' },
  ],
])
const malformed = { status: 400, code: 'invalid_format', message: 'the request is not well-formed HTTP/1.1' }

/** What Node's HTTP parser refuses never becomes a request, but gets the same envelope. */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, code, message } = answers.get(error.code ?? '') ?? malformed
  const body = JSON.stringify({ error: { type: errorTypeOf(status), message, details: [{ code, message }] } })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
