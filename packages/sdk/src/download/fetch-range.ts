import { request } from 'undici'
import { createApiError } from '../errors/api-error.ts'
import { toNetworkError } from '../errors/network-error.ts'
import { NetworkError, ResponseError, SlipwayError } from '../errors/slipway-error.ts'
import { headerText } from '../http/header-text.ts'
import { readStart } from '../http/read-start.ts'
import { parseRetryAfter } from '../http/retry-after.ts'
import { createStallGuard } from '../http/stall-guard.ts'
import type { Transport } from '../http/transport.ts'
import { ObjectChangedError } from './object-changed-error.ts'

export interface FetchRangeOptions {
  readonly transport: Transport
  readonly url: string
  /** Half-open. */
  readonly start: number
  readonly end: number
  readonly totalBytes: number
  /** The ETag that the first answer had; a strong one pins the object. */
  readonly etag: string | undefined
  /** The server has answered a range as one: another answer is no way of its own, but a failure on the way. */
  readonly servesRanges: boolean
  readonly stallTimeoutMs: number
  readonly signal: AbortSignal
  /** A range was answered as one. */
  readonly onRangeServed: () => void
  readonly onEtag: (etag: string) => void
  /** Takes the bytes in order; what it has not resolved for is not read on. */
  readonly onChunk: (chunk: Buffer) => Promise<void>
  /** A 403: the URL is no longer good. */
  readonly onUrlRefused: () => void
}

/**
 * One attempt at one range of the bytes. Only an answer that says exactly what was asked for is used: status 206, the
 * expected Content-Range, the same strong ETag; or 200 when the range is the whole.
 */
export async function fetchRange(options: FetchRangeOptions): Promise<void> {
  const { transport, url, start, end, totalBytes, etag, stallTimeoutMs, signal, onChunk } = options
  const path = URL.parse(url)?.pathname ?? 'the image'
  const what = `[GET] "${path}"`
  const isWhole = start === 0 && end === totalBytes
  const guard = createStallGuard({
    limitMs: stallTimeoutMs,
    clock: transport.clock,
    toError: () => stalled(what, stallTimeoutMs),
    signal,
  })
  const isOver = new AbortController()
  let consumerFailure: { readonly error: unknown } | undefined
  try {
    const response = await request(url, {
      method: 'GET',
      dispatcher: transport.dispatcher,
      headers: {
        'user-agent': transport.userAgent,
        ...(isWhole ? {} : { range: `bytes=${start}-${end - 1}` }),
        ...(isWhole || etag === undefined ? {} : { 'if-match': etag }),
      },
      headersTimeout: 0,
      bodyTimeout: 0,
      // A body that is given up half-way would keep its connection for ever.
      signal: AbortSignal.any([guard.signal, isOver.signal]),
    })
    guard.touch()
    const { statusCode: status, headers, body } = response
    if (status === 412) throw objectChanged(path)
    if (status === 403) options.onUrlRefused()
    if (status < 200 || status > 299) {
      throw createApiError({
        method: 'GET',
        path,
        isPresigned: true,
        status,
        requestId: headerText(headers['x-request-id']),
        retryAfterMs: parseRetryAfter(headerText(headers['retry-after']), transport.clock.now()),
        bodyText: await readStart(body),
      })
    }
    assertRange({
      status,
      contentRange: headerText(headers['content-range']),
      contentLength: headerText(headers['content-length']),
      contentType: headerText(headers['content-type']),
      ...options,
      what,
    })
    if (status === 206) options.onRangeServed()
    const answeredEtag = headerText(headers.etag)
    if (answeredEtag?.startsWith('"')) {
      if (etag !== undefined && etag !== answeredEtag) throw objectChanged(path)
      options.onEtag(answeredEtag)
    }
    let received = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      guard.touch()
      received += chunk.length
      if (received > end - start) throw unexpected(what, 'more bytes than asked for')
      try {
        transport.onReceived?.(chunk.length)
        await onChunk(chunk)
      } catch (error) {
        consumerFailure = { error }
        throw error
      }
      // The time that the disk took is not the server's.
      guard.touch()
    }
    if (received !== end - start) throw unexpected(what, `${received} of ${end - start} bytes`)
  } catch (error) {
    signal.throwIfAborted()
    if (consumerFailure) throw consumerFailure.error
    guard.signal.throwIfAborted()
    throw toNetworkError(error, what)
  } finally {
    guard.close()
    isOver.abort()
  }
}

/** What a page has for a type, and an image has not. */
const pageTypes = /^(?:text\/|application\/(?:json|xml|problem))/i

function assertRange(answer: {
  readonly status: number
  readonly contentRange: string | undefined
  readonly contentLength: string | undefined
  readonly contentType: string | undefined
  readonly start: number
  readonly end: number
  readonly totalBytes: number
  readonly servesRanges: boolean
  readonly what: string
}): void {
  const { status, contentRange, contentLength, contentType = '', start, end, totalBytes, servesRanges, what } = answer
  const isWhole = start === 0 && end === totalBytes
  // A page of somebody on the way, under 200: not one byte of it may pass for the image's.
  const isPage = contentLength === undefined ? pageTypes.test(contentType) : Number(contentLength) !== totalBytes
  if (status === 200 && isPage) {
    throw unexpected(what, `${contentLength ?? 'a page'} in place of ${totalBytes} bytes`)
  }
  if (status === 200 && isWhole) return
  if (status === 206 && contentRange === `bytes ${start}-${end - 1}/${totalBytes}`) return
  if (status === 206) throw unexpected(what, `the range "${contentRange ?? 'none'}"`)
  if (servesRanges) throw unexpected(what, `a ${status} in place of the range`)
  throw new RangesIgnoredError(`${what}: the server ignores ranges`, { code: 'ranges_ignored' })
}

/** The server sends the whole whatever is asked for: it has to be fetched as one. */
export class RangesIgnoredError extends SlipwayError {
  override readonly name = 'RangesIgnoredError'
}

function unexpected(what: string, found: string): ResponseError {
  return new ResponseError(`${what}: the server sent ${found}`, { code: 'unexpected_range' })
}

function objectChanged(path: string): ObjectChangedError {
  return new ObjectChangedError(`the bytes at ${path} are no longer those that the download began with`, {
    code: 'object_changed',
  })
}

function stalled(what: string, stallTimeoutMs: number): NetworkError {
  const seconds = Math.round(stallTimeoutMs / 1000)
  return new NetworkError(`${what}: nothing moved for ${seconds} seconds`, { code: 'stalled' })
}
