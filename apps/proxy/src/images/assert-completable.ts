import { limits } from '@slipway/core'
import { ApiError } from '../api-error.ts'

export interface SizedPart {
  readonly partNumber: number
  readonly sizeBytes: number
}

/** A message that names ten missing parts says enough. */
const maxNamedParts = 10

/**
 * Checks that the parts make an image: numbered from 1 without gaps, all but the last large enough, within the limit.
 * @param manifest in order of part number
 * @throws {ApiError} naming the parts and the limit
 */
export function assertCompletable(manifest: readonly SizedPart[]): void {
  const last = manifest.at(-1)
  if (!last)
    throw new ApiError({ code: 'no_parts', message: 'no part has been sent: send at least one, then complete' })
  assertContiguous(manifest, last.partNumber)

  const small = manifest.find((part) => part !== last && part.sizeBytes < limits.minPartSizeBytes)
  if (small) {
    throw new ApiError({
      code: 'part_too_small',
      field: `parts.${small.partNumber}`,
      message:
        `part ${small.partNumber} has ${small.sizeBytes} bytes; every part but the last needs at least ` +
        `${limits.minPartSizeBytes}: send it again`,
    })
  }
  const sizeBytes = manifest.reduce((sum, part) => sum + part.sizeBytes, 0)
  if (sizeBytes > limits.maxImageSizeBytes) {
    throw new ApiError({
      code: 'image_too_large',
      message: `the parts make ${sizeBytes} bytes; an image can have ${limits.maxImageSizeBytes} at most`,
    })
  }
  const large = manifest.find((part) => part.sizeBytes > limits.maxPartSizeBytes)
  if (large) {
    throw new ApiError({
      code: 'part_too_large',
      field: `parts.${large.partNumber}`,
      message:
        `part ${large.partNumber} has ${large.sizeBytes} bytes; a part can have ${limits.maxPartSizeBytes} at most: ` +
        'send it again in smaller ones',
    })
  }
}

function assertContiguous(manifest: readonly SizedPart[], lastPartNumber: number): void {
  if (lastPartNumber === manifest.length) return
  const present = new Set(manifest.map(({ partNumber }) => partNumber))
  const missing: number[] = []
  for (let partNumber = 1; partNumber < lastPartNumber && missing.length < maxNamedParts; partNumber++) {
    if (!present.has(partNumber)) missing.push(partNumber)
  }
  const missingCount = lastPartNumber - manifest.length
  const named = missing.join(', ') + (missingCount > missing.length ? ` and ${missingCount - missing.length} more` : '')
  throw new ApiError({
    code: 'part_missing',
    message: `the image has parts up to ${lastPartNumber}, but not ${named}: send what is missing, then complete`,
    details: missing.map((partNumber) => ({
      field: `parts.${partNumber}`,
      code: 'part_missing',
      message: `part ${partNumber} has not been sent: send it, then complete`,
    })),
  })
}
