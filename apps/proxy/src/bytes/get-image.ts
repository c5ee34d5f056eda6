import type { IncomingMessage, ServerResponse } from 'node:http'
import { imageNotFound } from '../api-errors.ts'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { BufferPool } from '../blobs/buffer-pool.ts'
import { assertCompleted } from '../images/assert-completed.ts'
import { findImageById } from '../metadata/images.ts'
import type { Database } from '../metadata/schema.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { planImageAnswer } from './image-answer.ts'
import type { ManifestCache } from './manifest-cache.ts'
import { sendSlices } from './send-slices.ts'
import { slicesOf } from './slices.ts'

export interface GetImageDeps {
  readonly db: Database
  readonly blobs: BlobStore
  readonly buffers: BufferPool
  readonly metrics: Pick<Metrics, 'addSentBytes'>
  readonly manifests: ManifestCache
}

export interface GetImageRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly imageId: string
}

/** `GET|HEAD <url>`: the image's bytes, whole or one range of them, stitched from its parts. */
export async function getImage(deps: GetImageDeps, { request, response, imageId }: GetImageRequest): Promise<void> {
  const image = await findImageById(deps.db, imageId)
  if (!image || image.deleted_at_ms !== null) throw imageNotFound()
  assertCompleted(image)
  const answer = planImageAnswer({
    request,
    response,
    name: image.name,
    sizeBytes: image.size_bytes ?? 0,
    etag: `"sha256:${image.sha256}"`,
  })
  if (!answer) return
  const slices = slicesOf(await deps.manifests.get(imageId), answer.range)
  // Bytes that cannot be opened are an answer of their own, which is possible only before the head is sent.
  const [firstSlice] = slices
  if (firstSlice) await (await deps.blobs.open(firstSlice.blobKey)).close()
  if (answer.begin()) await sendSlices(deps, { response, slices })
}
