import { createHash } from 'node:crypto'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { type Dispatcher, request } from 'undici'
import type { NoteArrivedBytes } from '../../young-collector.ts'
import { readStart } from './read-start.ts'

export interface ForwardPartOptions {
  readonly source: Readable
  readonly sizeBytes: number
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly dispatcher: Dispatcher
  /** Gets the same bytes; when it fails the part goes on without it. */
  readonly copy: Writable | undefined
  readonly isHashed: boolean
  /** How long the upstream may take nothing. */
  readonly stallTimeoutMs: number
  /** How long it may think after the last byte. */
  readonly answerTimeoutMs: number
  readonly noteArrivedBytes: NoteArrivedBytes
}

export interface ForwardedPart {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The beginning of the answer's body. */
  readonly bodyText: string
  readonly isWhole: boolean
  readonly sha256: string | null
}

/** The upstream took or said nothing for too long. */
export class UpstreamStalledError extends Error {
  override readonly name = 'UpstreamStalledError'
}

/** The client went away, which says nothing of the upstream. */
export class SourceGoneError extends Error {
  override readonly name = 'SourceGoneError'
  readonly code = 'ECONNRESET'
}

const bufferedBytes = 256 * 1024
const watchIntervalMs = 500

/**
 * Streams a part from one connection to another, no faster than the slower one, holding a few chunks whatever its size.
 * Resolves with the upstream's answer. The source is neither destroyed nor read to its end when that answer comes early:
 * its connection still has to carry ours.
 */
export async function forwardPart(options: ForwardPartOptions): Promise<ForwardedPart> {
  const { source, sizeBytes, url, headers, dispatcher, isHashed, noteArrivedBytes } = options
  // Through a stream of its own, since HTTP clients destroy a body that they do not finish.
  const body = new PassThrough({ highWaterMark: bufferedBytes })
  const hash = isHashed ? createHash('sha256') : undefined
  const stop = new AbortController()
  let { copy } = options
  let sentBytes = 0
  let isEnded = false
  let movedAtMs = performance.now()

  const isFull = () => body.writableNeedDrain || copy?.writableNeedDrain === true
  const resume = () => {
    movedAtMs = performance.now()
    if (!isFull()) source.resume()
  }
  const onData = (chunk: Buffer) => {
    movedAtMs = performance.now()
    sentBytes += chunk.length
    noteArrivedBytes(chunk.length)
    hash?.update(chunk)
    body.write(chunk)
    copy?.write(chunk)
    if (isFull()) source.pause()
  }
  const onEnd = () => {
    isEnded = true
    movedAtMs = performance.now()
    body.end()
    copy?.end()
  }
  const onGone = () => {
    if (!isEnded) stop.abort(new SourceGoneError('the sender of the part went away'))
  }
  const onCopyClosed = () => {
    copy = undefined
    if (!isEnded) resume()
  }
  const watch = setInterval(() => {
    // While the source is read, it is its own connection that has a time limit.
    if (!isEnded && !source.isPaused()) return
    const limitMs = isEnded ? options.answerTimeoutMs : options.stallTimeoutMs
    if (performance.now() - movedAtMs > limitMs)
      stop.abort(new UpstreamStalledError('the upstream stopped taking bytes'))
  }, watchIntervalMs)

  body.on('drain', resume)
  // Whoever reads from it tells what went wrong; here nobody must be surprised by it.
  body.on('error', () => undefined)
  copy?.on('drain', resume).once('close', onCopyClosed)
  source.on('data', onData).once('end', onEnd).once('close', onGone).once('error', onGone)
  if (source.destroyed && !source.readableEnded) onGone()
  try {
    const response = await request(url, {
      method: 'PUT',
      dispatcher,
      headers: { ...headers, 'content-length': `${sizeBytes}`, 'content-type': 'application/octet-stream' },
      body,
      signal: stop.signal,
      // The watch is the one clock of a part.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const bodyText = await readStart(response.body)
    const isWhole = isEnded && sentBytes === sizeBytes
    const sha256 = isWhole && hash ? hash.digest('hex') : null
    return { status: response.statusCode, headers: response.headers, bodyText, isWhole, sha256 }
  } catch (error) {
    stop.signal.throwIfAborted()
    throw error
  } finally {
    clearInterval(watch)
    source.pause()
    source.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone)
    source.on('error', () => undefined)
    copy?.off('drain', resume).off('close', onCopyClosed)
    stop.abort()
    body.destroy()
  }
}
