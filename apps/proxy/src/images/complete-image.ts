import type { ImageRef } from '@slipway/core'
import { isUploadable } from '@slipway/core'
import { changedMeanwhile } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { type StoredImage, stateOf } from '../metadata/images.ts'
import { wrongBytes } from '../verification/wrong-bytes.ts'
import { requireOwnImage } from './find-image.ts'
import { toImage } from './image.ts'
import type { LocalContext } from './local-context.ts'
import { recordCompletion } from './record-completion.ts'
import type { Image } from './service.ts'

interface CompleteImageRequest {
  readonly caller: Caller
  readonly ref: ImageRef
  readonly sha256: string
}

/** Each attempt looks at what changed since the last one; a client that keeps overwriting parts has to stop first. */
const maxAttempts = 3

/**
 * Completes an upload. Its parts are made one image outside any transaction; the row's manifest revision then tells whether
 * that is still what the image consists of. A crash in between is mended by completing again.
 */
export async function completeImage(context: LocalContext, request: CompleteImageRequest): Promise<Image> {
  const { db, bytes } = context
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const row = await requireOwnImage(db, request)
    assertNotFoundWrong(row)
    const assembled = isUploadable(stateOf(row)) ? await bytes.assemble(row, request.sha256) : undefined
    if (assembled === 'changed') continue
    const completed = await recordCompletion(context, { row, assembled, sha256: request.sha256 })
    if (!completed) continue
    bytes.forget(completed.id)
    bytes.completed(completed)
    return toImage(completed)
  }
  throw changedMeanwhile()
}

/** An image that failed after its completion failed by its bytes: whoever repeats the completion hears why. */
function assertNotFoundWrong(row: StoredImage): void {
  if (row.upload_status === 'failed' && row.completed_at_ms !== null) throw wrongBytes(row)
}
