import { ApiError } from '../api-error.ts'
import type { StoredImage } from '../metadata/images.ts'

/** Answers a completion that is repeated after the image's verification has failed. */
export function wrongBytes({ failure_reason }: Pick<StoredImage, 'failure_reason'>): ApiError {
  return new ApiError({
    code: 'digest_mismatch',
    field: 'sha256',
    message: `${failure_reason ?? 'the stored bytes are not the declared ones'}: create a new image`,
  })
}
