import type { PlannedPart } from '@slipway/core'
import { request } from 'undici'
import { createApiError } from '../errors/api-error.ts'
import { toNetworkError } from '../errors/network-error.ts'
import { NetworkError, ResponseError, SourceError } from '../errors/slipway-error.ts'
import { headerText } from '../http/header-text.ts'
import { readStart } from '../http/read-start.ts'
import { parseRetryAfter } from '../http/retry-after.ts'
import { createStallGuard } from '../http/stall-guard.ts'
import type { Transport } from '../http/transport.ts'
import { createPartUrl } from '../operations/create-part-url.ts'
import type { PartFeed } from '../source/part-feed.ts'
import type { BufferPool } from '../transfer/buffer-pool.ts'
import { createPartBody } from './part-body.ts'

export interface SendPartOptions {
  readonly transport: Transport
  readonly feed: Pick<PartFeed, 'read'>
  readonly pool: BufferPool
  readonly imageId: string
  readonly part: PlannedPart
  readonly stallTimeoutMs: number
  readonly signal: AbortSignal
  /** Checksums of earlier attempts at this part, by length: a retried part must be the same bytes. */
  readonly checksums: Map<number, number>
  readonly onBytes: (sentBytes: number) => void
}

export interface SentPart {
  /** Opaque. */
  readonly etag: string
  /** CRC-32 of the part's bytes as they were sent. */
  readonly crc32: number
}

/**
 * One attempt at one part. Its URL is asked for just before use, so that it cannot have expired however long the upload
 * takes.
 */
export async function sendPart(options: SendPartOptions): Promise<SentPart> {
  const { transport, feed, pool, imageId, part, stallTimeoutMs, checksums, onBytes } = options
  const { partNumber } = part
  // One attempt at a part is one attempt at each of its requests: the caller's budget is the only one.
  const { url } = await createPartUrl({ ...transport, maxAttempts: 1 }, imageId, { partNumber, signal: options.signal })
  const path = (URL.parse(url)?.pathname ?? `part ${partNumber}`) as string
  const guard = createStallGuard({
    limitMs: stallTimeoutMs,
    clock: transport.clock,
    toError: () => stalled(partNumber, stallTimeoutMs),
    signal: options.signal,
  })
  let sentBytes = 0
  let checksum = 0
  const body = createPartBody({
    part,
    pool,
    clock: transport.clock,
    read: feed.read,
    onRead(readBytes, crc32) {
      assertSameAsBefore(checksums, part, readBytes, crc32)
      checksum = crc32
    },
    onBytes(bytes) {
      sentBytes = bytes
      onBytes(bytes)
    },
    onDrained: guard.touch,
  })
  try {
    const response = await request(url, {
      method: 'PUT',
      dispatcher: transport.dispatcher,
      headers: {
        'content-length': `${part.sizeBytes}`,
        'content-type': 'application/octet-stream',
        'user-agent': transport.userAgent,
      },
      // undici takes any async iterable of buffers; its type names only some.
      body: body.chunks as unknown as Buffer,
      // The stall guard is the one clock of an attempt.
      headersTimeout: 0,
      bodyTimeout: 0,
      signal: guard.signal,
    })
    const status = response.statusCode
    guard.touch()
    const bodyText = await readStart(response.body)
    if (status < 200 || status > 299) {
      throw createApiError({
        method: 'PUT',
        path,
        isPresigned: true,
        status,
        requestId: headerText(response.headers['x-request-id']),
        retryAfterMs: parseRetryAfter(headerText(response.headers['retry-after']), transport.clock.now()),
        bodyText,
      })
    }
    if (sentBytes !== part.sizeBytes) {
      throw new ResponseError(`part ${partNumber}: the server answered ${status} before it had every byte`, {
        code: 'early_answer',
      })
    }
    const etag = headerText(response.headers.etag)
    // S3 and what stands in front of a server can say 200 and then tell of an error.
    if (etag === undefined && bodyText.trim() !== '') {
      throw new ResponseError(`part ${partNumber}: the answer under ${status} is not that of a stored part`, {
        code: 'unexpected_answer',
      })
    }
    return { etag: etag ?? '', crc32: checksum }
  } catch (error) {
    options.signal.throwIfAborted()
    if (body.failure) throw body.failure.error
    guard.signal.throwIfAborted()
    throw toNetworkError(error, `[PUT] "${path}"`)
  } finally {
    guard.close()
    await body.release()
  }
}

/** Compares at the lengths where both attempts took a checksum: reads have fixed sizes, so these coincide. */
function assertSameAsBefore(checksums: Map<number, number>, part: PlannedPart, bytes: number, crc32: number): void {
  const before = checksums.get(bytes)
  checksums.set(bytes, crc32)
  if (before === undefined || before === crc32) return
  throw new SourceError(`the file changed while part ${part.partNumber} was sent again: something is writing to it`, {
    code: 'source_changed',
  })
}

function stalled(partNumber: number, stallTimeoutMs: number): NetworkError {
  const seconds = Math.round(stallTimeoutMs / 1000)
  return new NetworkError(`part ${partNumber}: nothing moved for ${seconds} seconds`, { code: 'stalled' })
}
