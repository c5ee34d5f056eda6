import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { ApiError } from '../../api-error.ts'
import type { ByteRange } from '../../bytes/range.ts'
import { toUpstreamApiError } from '../transport/upstream-error.ts'
import { toByteError, toByteRefusal } from './byte-errors.ts'
import type { DownloadFacts } from './download-facts.ts'
import { UpstreamStalledError } from './forward-part.ts'
import { readStart } from './read-start.ts'
import type { RelayContext } from './relay-context.ts'

export interface ReadUpstreamOptions {
  readonly imageId: string
  readonly range: ByteRange
  readonly sizeBytes: number
  readonly signal: AbortSignal
  /** Gets the bytes in order; nothing is read on before it resolves. */
  readonly onChunk: (chunk: Buffer) => Promise<void> | undefined
}

type ReadContext = Pick<
  RelayContext,
  'now' | 'dispatcher' | 'checkByteUrl' | 'byteCircuit' | 'redact' | 'scopes' | 'stallTimeoutMs' | 'noteArrivedBytes'
> & { readonly downloads: DownloadFacts }

/** Failures in a row without a byte between them. */
const maxFailures = 5
const retryDelayMs = 500
const minUrlLeftMs = 30_000

/** The reader had enough, or could not take what came: none of the upstream's doing. */
class ReaderFailure extends Error {
  override readonly name = 'ReaderFailure'
}

/**
 * Reads a range of an image from the upstream's storage. A connection that breaks is taken up where it broke, with the
 * same ETag, so that bytes of two versions never mix; an expired URL is renewed.
 * @throws {ApiError} when the upstream's storage keeps failing
 */
export async function readUpstream(context: ReadContext, options: ReadUpstreamOptions): Promise<void> {
  const { range, signal, onChunk, imageId } = options
  let position = range.start
  let etag: string | undefined
  let failureCount = 0
  let isUrlRefused = false
  while (position < range.end) {
    const fact = isUrlRefused ? await context.downloads.renew(imageId) : await currentFact(context, imageId)
    try {
      etag = await readOnce(context, {
        ...options,
        url: context.checkByteUrl(fact.url),
        range: { start: position, end: range.end },
        etag,
        onChunk: async (chunk) => {
          try {
            await onChunk(chunk)
          } catch (error) {
            throw new ReaderFailure('the reader failed', { cause: error })
          }
          position += chunk.length
          failureCount = 0
        },
      })
    } catch (error) {
      if (error instanceof ReaderFailure) throw error.cause
      signal.throwIfAborted()
      failureCount++
      isUrlRefused = error instanceof UrlRefusedError
      const isFinal = error instanceof ApiError && error.code === 'upstream_invalid'
      if (isFinal || failureCount >= maxFailures) throw toByteError(error)
      if (!isUrlRefused) await sleep(retryDelayMs * failureCount, undefined, { signal })
    }
  }
}

class UrlRefusedError extends Error {
  override readonly name = 'UrlRefusedError'
}

type ReadOnceOptions = ReadUpstreamOptions & { readonly url: URL; readonly etag: string | undefined }

async function readOnce(context: ReadContext, options: ReadOnceOptions): Promise<string | undefined> {
  const { url, range, sizeBytes, etag, onChunk } = options
  const isWhole = range.start === 0 && range.end === sizeBytes
  const settle = enterCircuit(context)
  const stop = new AbortController()
  let movedAtMs = performance.now()
  let isReaderBusy = false
  const watch = setInterval(() => {
    if (isReaderBusy || performance.now() - movedAtMs < context.stallTimeoutMs) return
    stop.abort(new UpstreamStalledError('the upstream stopped sending bytes'))
  }, 500)
  try {
    const response = await request(url, {
      method: 'GET',
      dispatcher: context.dispatcher,
      headers: {
        ...context.scopes.headers(),
        ...(isWhole ? {} : { range: `bytes=${range.start}-${range.end - 1}` }),
        ...(etag === undefined ? {} : { 'if-match': etag }),
      },
      signal: AbortSignal.any([options.signal, stop.signal]),
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const { statusCode: status, headers, body } = response
    if (status === 403) throw new UrlRefusedError('the upstream refused its own URL')
    const contentRange = `bytes ${range.start}-${range.end - 1}/${sizeBytes}`
    const isRight = isWhole
      ? status === 200 || status === 206
      : status === 206 && headers['content-range'] === contentRange
    if (!isRight) throw toByteRefusal({ status, headers, bodyText: await readStart(body) }, context)
    let leftBytes = range.end - range.start
    for await (const chunk of body as AsyncIterable<Buffer>) {
      leftBytes -= chunk.length
      if (leftBytes < 0)
        throw new ApiError({ code: 'upstream_invalid', message: 'the upstream sent more bytes than it said' })
      context.noteArrivedBytes(chunk.length)
      isReaderBusy = true
      await onChunk(chunk)
      isReaderBusy = false
      movedAtMs = performance.now()
    }
    if (leftBytes > 0) throw new Error('the upstream sent fewer bytes than it said')
    settle('healthy')
    const answered = headers.etag
    return typeof answered === 'string' && answered.startsWith('"') ? answered : etag
  } catch (error) {
    const isOwnDoing = error instanceof ReaderFailure || error instanceof UrlRefusedError || options.signal.aborted
    settle(isOwnDoing ? undefined : 'failed')
    if (!(error instanceof ReaderFailure)) stop.signal.throwIfAborted()
    throw error
  } finally {
    clearInterval(watch)
    // A body that is given up half-way would keep its connection for ever.
    stop.abort()
  }
}

/** Whatever the recheck says of the image, a URL about to expire is renewed first. */
async function currentFact({ downloads, now }: ReadContext, imageId: string) {
  const fact = await downloads.get(imageId)
  return fact.expiresAtMs - now() > minUrlLeftMs ? fact : await downloads.renew(imageId)
}

function enterCircuit({ byteCircuit, redact }: ReadContext) {
  try {
    return byteCircuit.enter()
  } catch (error) {
    throw toUpstreamApiError(error, { redact })
  }
}
