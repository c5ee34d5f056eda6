import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from '../api-error.ts'
import { imageNotFound } from '../api-errors.ts'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { BufferPool } from '../blobs/buffer-pool.ts'
import { assertCompleted } from '../images/assert-completed.ts'
import { findImageById } from '../metadata/images.ts'
import type { Database } from '../metadata/schema.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { evaluateConditions, isRangeWanted } from './conditions.ts'
import type { ManifestCache } from './manifest-cache.ts'
import { parseRange } from './range.ts'
import { sendSlices } from './send-slices.ts'
import { slicesOf } from './slices.ts'

export interface GetImageDeps {
  readonly db: Database
  readonly blobs: BlobStore
  readonly buffers: BufferPool
  readonly metrics: Pick<Metrics, 'addSentBytes'>
  readonly manifests: ManifestCache
}

interface GetImageRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly imageId: string
}

/** `GET|HEAD <url>`: the image's bytes, whole or one range of them, stitched from its parts. */
export async function getImage(deps: GetImageDeps, { request, response, imageId }: GetImageRequest): Promise<void> {
  const image = await findImageById(deps.db, imageId)
  if (!image || image.deleted_at_ms !== null) throw imageNotFound()
  assertCompleted(image)
  const sizeBytes = image.size_bytes ?? 0
  const etag = `"sha256:${image.sha256}"`

  const outcome = evaluateConditions(request.headers, etag)
  if (outcome === 'not_modified') return void response.writeHead(304, { etag }).end()
  if (outcome === 'precondition_failed') throw preconditionFailed(etag)
  const isRangeable = request.method === 'GET' && isRangeWanted(request.headers, etag)
  const range = isRangeable ? parseRange(request.headers.range, sizeBytes) : undefined
  if (range === 'unsatisfiable') throw rangeNotSatisfiable(sizeBytes)

  const { start, end } = range ?? { start: 0, end: sizeBytes }
  const slices = slicesOf(await deps.manifests.get(imageId), { start, end })
  // Bytes that cannot be opened are an answer of their own, which is possible only before the head is sent.
  const [firstSlice] = slices
  if (firstSlice) await (await deps.blobs.open(firstSlice.blobKey)).close()
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': end - start,
    ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` } : {}),
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${image.name}"`,
    etag,
  })
  if (request.method === 'HEAD') return void response.end()
  await sendSlices(deps, { response, slices })
}

function rangeNotSatisfiable(sizeBytes: number): ApiError {
  return new ApiError({
    code: 'range_not_satisfiable',
    field: 'Range',
    message: `the range lies outside the image's ${sizeBytes} bytes`,
    headers: { 'content-range': `bytes */${sizeBytes}` },
  })
}

function preconditionFailed(etag: string): ApiError {
  return new ApiError({
    code: 'precondition_failed',
    field: 'If-Match',
    message: 'the image has other bytes than If-Match asks for: start the download anew',
    headers: { etag },
  })
}
