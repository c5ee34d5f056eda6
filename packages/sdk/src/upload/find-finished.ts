import { NotFoundError } from '../errors/api-error.ts'
import type { Transport } from '../http/transport.ts'
import { getImage } from '../operations/get-image.ts'
import { isSameFingerprint } from '../source/fingerprint.ts'
import type { ImageSource } from '../source/image-source.ts'
import type { RecordedUpload } from './upload-journal.ts'
import type { UploadResult } from './upload-options.ts'

/** The upload that was completed by a run which did not live to hear of it: same file, same digest. */
export async function findFinished(options: {
  readonly transport: Transport
  readonly source: ImageSource
  readonly recorded: RecordedUpload | undefined
  readonly signal: AbortSignal
}): Promise<Omit<UploadResult, 'durationMs'> | undefined> {
  const { transport, source, recorded, signal } = options
  const sha256 = recorded?.state.sha256
  if (!recorded || sha256 === undefined || !source.identity) return undefined
  if (!isSameFingerprint(recorded.fingerprint, source.identity.fingerprint)) return undefined
  const image = await getImage(transport, recorded.imageId, { signal }).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined
    throw error
  })
  if (image?.uploadStatus !== 'completed' || image.sha256 !== sha256) return undefined
  const { sizeBytes, partCount } = recorded.plan
  return {
    image,
    sizeBytes,
    sha256,
    partCount,
    retryCount: 0,
    reusedBytes: sizeBytes,
    sentBytes: 0,
  }
}
