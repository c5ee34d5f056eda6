import type { ServerResponse } from 'node:http'
import { ApiError } from '../../api-error.ts'
import type { BufferPool } from '../../blobs/buffer-pool.ts'
import type { GetImageRequest } from '../../bytes/get-image.ts'
import { type ImageAnswer, planImageAnswer } from '../../bytes/image-answer.ts'
import { sendSlices } from '../../bytes/send-slices.ts'
import type { UploadGate } from '../../bytes/upload-gate.ts'
import type { CacheReader, ImageCache } from '../cache/image-cache.ts'
import type { DownloadFact, DownloadFacts } from './download-facts.ts'
import { readUpstream } from './read-upstream.ts'
import type { RelayContext } from './relay-context.ts'

export type RelayImageContext = RelayContext & {
  readonly downloads: DownloadFacts
  /** Undefined: everything is passed through. */
  readonly cache: ImageCache | undefined
  readonly buffers: BufferPool
  /** Bounds what is passed through beside the cache. */
  readonly passing: UploadGate
  readonly idleTimeoutMs: number
}

/** `GET|HEAD <url>`: the image's bytes, from the cache where there is one, else as they come from the upstream. */
export async function relayImage(context: RelayImageContext, options: GetImageRequest): Promise<void> {
  const { request, response, imageId } = options
  context.scopes.assertNoLoop(request.headers.via)
  const fact = await context.downloads.get(imageId)
  const { sha256, sizeBytes, name } = fact
  const etag = sha256 === null ? `"image:${imageId}"` : `"sha256:${sha256}"`
  const answer = planImageAnswer({ request, response, name, sizeBytes, etag })
  if (!answer) return
  if (request.method === 'HEAD' || answer.range.start === answer.range.end) {
    answer.begin()
    return void response.end()
  }
  const reader = sha256 === null ? undefined : await openCached(context, { imageId, fact, sha256 })
  if (reader) await sendCached(context, { ...options, answer, reader, sizeBytes })
  else await passThrough(context, { response, imageId, answer, sizeBytes })
}

async function openCached(
  context: RelayImageContext,
  { imageId, fact, sha256 }: { imageId: string; fact: DownloadFact; sha256: string },
): Promise<CacheReader | undefined> {
  const { sizeBytes } = fact
  return await context.cache?.open({
    sha256,
    sizeBytes,
    fetch: (range, onChunk, signal) => readUpstream(context, { imageId, range, sizeBytes, onChunk, signal }),
  })
}

interface SendCachedOptions extends GetImageRequest {
  readonly answer: ImageAnswer
  readonly reader: CacheReader
  readonly sizeBytes: number
}

async function sendCached(context: RelayImageContext, options: SendCachedOptions): Promise<void> {
  const { request, response, answer, reader, sizeBytes } = options
  const { start, end } = answer.range
  const visible = async (position: number) => {
    if (reader.isVisible(position)) return
    // Who waits for the fill is not idle; the fill has a time limit of its own.
    request.socket.setTimeout(0)
    await reader.visible(position)
    request.socket.setTimeout(context.idleTimeoutMs)
  }
  try {
    // A fill that cannot begin is an answer of its own, which is possible only before the head is sent.
    await visible(Math.min(start, Math.max(sizeBytes - 2, 0)))
    answer.begin()
    const blob = {
      async read(buffer: Uint8Array, position: number) {
        await visible(position)
        return await reader.read(buffer, position)
      },
      close: async () => undefined,
    }
    const slices = [{ blobKey: 'cached', from: start, to: end }]
    await sendSlices({ ...context, blobs: { open: async () => blob } }, { response, slices })
  } finally {
    await reader.close()
  }
}

interface PassThroughOptions {
  readonly response: ServerResponse
  readonly imageId: string
  readonly answer: ImageAnswer
  readonly sizeBytes: number
}

async function passThrough(context: RelayImageContext, options: PassThroughOptions): Promise<void> {
  const { response, imageId, answer, sizeBytes } = options
  const leave = context.passing.enter()
  const gone = new AbortController()
  const onClose = () => gone.abort(new Error('the reader went away'))
  response.once('close', onClose)
  let hasBegun = false
  try {
    await readUpstream(context, {
      imageId,
      sizeBytes,
      range: answer.range,
      signal: gone.signal,
      onChunk(chunk) {
        if (!hasBegun) answer.begin()
        hasBegun = true
        context.metrics.addSentBytes(chunk.length)
        return response.write(chunk) ? undefined : drained(response)
      },
    })
    response.end()
  } catch (error) {
    // A reader that went away is no failure.
    if (!gone.signal.aborted) throw error
  } finally {
    response.off('close', onClose)
    leave()
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle)
      if (response.destroyed) reject(new ApiError({ code: 'request_timed_out', message: 'the reader went away' }))
      else resolve()
    }
    response.once('drain', settle).once('close', settle)
  })
}
