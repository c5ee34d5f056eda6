import { limits } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import type { PartRow } from '../metadata/schema.ts'

/** A message that names ten missing parts says enough. */
const maxNamedParts = 10

/**
 * Checks that the parts make an image: numbered from 1 without gaps, all but the last large enough, within the limit.
 * @param manifest in order of part number
 * @throws {ApiError} naming the parts and the limit
 */
export function assertCompletable(manifest: readonly Pick<PartRow, 'part_number' | 'size_bytes'>[]): void {
  const last = manifest.at(-1)
  if (!last)
    throw new ApiError({ code: 'no_parts', message: 'no part has been sent: send at least one, then complete' })
  assertContiguous(manifest, last.part_number)

  const small = manifest.find((part) => part !== last && part.size_bytes < limits.minPartSizeBytes)
  if (small) {
    throw new ApiError({
      code: 'part_too_small',
      field: `parts.${small.part_number}`,
      message:
        `part ${small.part_number} has ${small.size_bytes} bytes; every part but the last needs at least ` +
        `${limits.minPartSizeBytes}: send it again`,
    })
  }
  const sizeBytes = manifest.reduce((sum, part) => sum + part.size_bytes, 0)
  if (sizeBytes > limits.maxImageSizeBytes) {
    throw new ApiError({
      code: 'image_too_large',
      message: `the parts make ${sizeBytes} bytes; an image can have ${limits.maxImageSizeBytes} at most`,
    })
  }
}

function assertContiguous(manifest: readonly Pick<PartRow, 'part_number'>[], lastPartNumber: number): void {
  if (lastPartNumber === manifest.length) return
  const present = new Set(manifest.map(({ part_number }) => part_number))
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
