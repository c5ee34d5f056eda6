import { limits } from '@slipway/core'
import { SourceError } from '../errors/slipway-error.ts'

/** @throws {SourceError} when an image cannot have this size */
export function assertUploadableSize(label: string, sizeBytes: number): void {
  if (sizeBytes === 0) throw emptySource(label)
  if (sizeBytes > limits.maxImageSizeBytes) {
    throw new SourceError(
      `${label} has ${sizeBytes} bytes: an image can have 128 GiB (${limits.maxImageSizeBytes}) at most`,
      { code: 'too_large' },
    )
  }
}

export function emptySource(label: string): SourceError {
  return new SourceError(`${label} is empty: there is nothing to upload`, { code: 'empty' })
}
