import { isImageId } from '@slipway/core'
import type { RequestOptions } from '../call-options.ts'
import { ApiError, NotFoundError } from '../errors/api-error.ts'
import { atPublicBoundary } from '../errors/public-boundary.ts'
import { NetworkError, ResponseError } from '../errors/slipway-error.ts'
import { callOperation } from '../http/call-operation.ts'
import { retryFailures } from '../http/retry-failures.ts'
import type { Transport } from '../http/transport.ts'

/**
 * Deletes an image softly: its name is free again, its bytes are purged later. By its id this is done for sure: a deletion
 * whose answer was lost is repeated, and that the image is gone then means that the first one worked. By a name it is not,
 * since the name may be another image's by then.
 */
export async function deleteImage(transport: Transport, ref: string, { signal }: RequestOptions = {}): Promise<void> {
  if (!isImageId(ref)) {
    await callOperation(transport, 'deleteImage', { params: { id: ref }, signal })
    return
  }
  let mayBeDone = false
  await atPublicBoundary(signal, () =>
    retryFailures({ transport, maxAttempts: transport.maxAttempts, signal }, async () => {
      try {
        await callOperation(transport, 'deleteImage', { params: { id: ref }, signal, maxAttempts: 1 })
      } catch (error) {
        if (mayBeDone && error instanceof NotFoundError) return
        mayBeDone ||= error instanceof NetworkError || error instanceof ResponseError
        mayBeDone ||= error instanceof ApiError && error.status >= 500
        throw error
      }
    }),
  )
}
