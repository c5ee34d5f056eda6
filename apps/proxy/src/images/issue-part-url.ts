import type { ImageRef } from '@slipway/core'
import { changedMeanwhile } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import type { PresignedUrl } from '../signing/byte-urls.ts'
import { applyEvent } from './change-image.ts'
import { requireOwnImage } from './find-image.ts'
import type { LocalContext } from './local-context.ts'

interface IssuePartUrlRequest {
  readonly caller: Caller
  readonly ref: ImageRef
  readonly partNumber: number
  readonly lengthBytes: number | undefined
  readonly origin: string
}

/** Parts land while URLs are given out, and each changes the row that the first URL of an image sets to `uploading`. */
const maxAttempts = 8

export async function issuePartUrl(
  { db, bytes, now }: LocalContext,
  { caller, ref, partNumber, lengthBytes, origin }: IssuePartUrlRequest,
): Promise<PresignedUrl> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const row = await requireOwnImage(db, { caller, ref })
    // All but the first URL of an image find it `uploading` already and write nothing.
    const changed = await applyEvent(db, { row, event: { type: 'part_url_issued' }, nowMs: now() })
    if (changed) return await bytes.issuePartUrl(changed, { partNumber, lengthBytes, origin })
  }
  throw changedMeanwhile()
}
