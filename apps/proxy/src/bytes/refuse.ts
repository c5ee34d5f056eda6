import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiError, errorBodyOf } from '../api-error.ts'
import type { RequestBody } from './request-body.ts'

interface RefuseOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: RequestBody
  readonly error: ApiError
  /** False: the client waits for a go-ahead that it will not get, so that there is nothing to hear out. */
  readonly isBodyComing: boolean
}

/**
 * A client that keeps sending after it was refused is listened to for so long, then cut. Simple clients read an answer only
 * after the last byte that they send, so that a part of the usual sizes (16 to 64 MiB) is heard out.
 */
const lingerTimeoutMs = 5000
const lingerSizeBytes = 128 * 1024 * 1024

/**
 * Answers with the error's envelope. Closing a socket with unread bytes makes the kernel reset it, which may destroy the
 * answer before the client reads it: so a little is read on, never an endless body.
 */
export async function refuse({ request, response, body, error, isBodyComing }: RefuseOptions): Promise<void> {
  if (response.headersSent || response.destroyed) {
    // Too late for an answer: a cut connection is the only sign that the bytes are not whole.
    request.socket.destroy()
    return
  }
  const answer = JSON.stringify(errorBodyOf(error))
  const isUnread = !body.isComplete()
  response.writeHead(error.status, {
    ...error.headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer),
    ...(isUnread ? { connection: 'close' } : {}),
  })
  // The length tells the client that the answer is whole, while the connection lingers.
  response.write(request.method === 'HEAD' ? '' : answer)
  if (isUnread && isBodyComing) await linger(body)
  response.end()
}

async function linger(body: RequestBody): Promise<void> {
  const stop = new AbortController()
  const timeout = sleep(lingerTimeoutMs, undefined, { signal: stop.signal }).catch(() => undefined)
  await Promise.race([body.discard(lingerSizeBytes), timeout])
  stop.abort()
}
