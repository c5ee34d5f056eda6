import { createHash } from 'node:crypto'
import type { Client } from '../client.ts'
import { atPublicBoundary } from '../errors/public-boundary.ts'
import { IntegrityError } from '../errors/slipway-error.ts'
import { getImageDownload } from '../operations/get-image-download.ts'
import { assertConcurrency } from '../transfer/concurrency.ts'
import type { DownloadImageToOptions, DownloadResult } from './download-options.ts'
import { createDownloadUrl } from './download-url.ts'
import { RangesIgnoredError } from './fetch-range.ts'
import { ObjectChangedError } from './object-changed-error.ts'
import { type StreamRangesOptions, streamRanges } from './stream-ranges.ts'
import { createSinkWriter } from './write-to-sink.ts'

/**
 * Downloads an image into a stream such as `process.stdout`: ranges are fetched ahead and written in order. What the sink
 * has got is proven only when this resolves; when it rejects, throw it away. The sink is not ended: that is the caller's.
 *
 * @throws {IntegrityError} when the bytes are not those of the digest, {DestinationError} when the sink fails; {ApiError},
 * {NetworkError}, {CancelledError} as for any call
 */
export function downloadImageTo(client: Client, options: DownloadImageToOptions): Promise<DownloadResult> {
  const { signal = new AbortController().signal } = options
  return atPublicBoundary(signal, async () => {
    assertConcurrency(options.concurrency)
    const sink = createSinkWriter(options.sink, signal)
    try {
      return await download(client, { ...options, signal, write: sink.write })
    } finally {
      sink.release()
    }
  })
}

async function download(
  { transport }: Client,
  options: DownloadImageToOptions & Pick<StreamRangesOptions, 'write' | 'signal'>,
): Promise<DownloadResult> {
  const { ref, onEvent, write, signal } = options
  const startedAtMs = transport.clock.now()
  const url = createDownloadUrl(transport, ref, await getImageDownload(transport, ref, { signal }))
  const { sha256: expected, sizeBytes } = url.download
  onEvent?.({ type: 'planned', sizeBytes, sha256: expected, reusedBytes: 0 })
  const hash = createHash('sha256')
  const retryCount = await streamAtOnceOrInRanges({
    ...options,
    transport,
    url,
    async write(bytes) {
      await write(bytes)
      hash.update(bytes)
    },
  })
  const sha256 = hash.digest('hex')
  if (expected !== null && sha256 !== expected) {
    throw new IntegrityError(
      `the bytes have sha256 ${sha256}, but the image's is ${expected}: throw away what was written`,
      { code: 'digest_mismatch' },
    )
  }
  onEvent?.({ type: 'completed' })
  const durationMs = transport.clock.now() - startedAtMs
  return { sizeBytes, sha256, isVerified: expected !== null, durationMs, retryCount, reusedBytes: 0 }
}

/** A server that ignores ranges is asked for the whole in one piece. */
async function streamAtOnceOrInRanges(options: Omit<StreamRangesOptions, 'inOnePiece'>): Promise<number> {
  let hasWritten = false
  async function write(bytes: Buffer): Promise<void> {
    hasWritten = true
    await options.write(bytes)
  }
  try {
    return await streamRanges({ ...options, write, inOnePiece: false }).catch((error: unknown) => {
      // As a rule the first answer tells, before anything was written.
      if (error instanceof RangesIgnoredError && !hasWritten) return streamRanges({ ...options, inOnePiece: true })
      throw error
    })
  } catch (error) {
    if (!(error instanceof ObjectChangedError)) throw error
    throw new IntegrityError(`${error.message}: throw away what was written`, { code: 'object_changed', cause: error })
  }
}
