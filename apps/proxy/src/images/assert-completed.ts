import { ApiError } from '../api-error.ts'
import type { ImageRow } from '../metadata/schema.ts'

/** Only the bytes of a completed image can be read: neither half an upload nor a revoked image. */
export function assertCompleted({ upload_status }: Pick<ImageRow, 'upload_status'>): void {
  if (upload_status === 'completed') return
  const hint = upload_status === 'revoked' ? 'reinstate it first' : 'complete its upload first'
  throw new ApiError({
    code: 'not_completed',
    message: `only a completed image can be downloaded, this one is ${upload_status}: ${hint}`,
  })
}
