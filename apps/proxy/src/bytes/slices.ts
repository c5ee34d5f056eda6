import type { ManifestPart } from './manifest-cache.ts'
import type { ByteRange } from './range.ts'

/** Bytes `[from, to)` of one blob. */
export interface BlobSlice {
  readonly blobKey: string
  readonly from: number
  readonly to: number
}

/** Where the bytes of a range of the image are, in order. */
export function slicesOf(parts: readonly ManifestPart[], { start, end }: ByteRange): BlobSlice[] {
  const slices: BlobSlice[] = []
  let partStart = 0
  for (const { blobKey, sizeBytes } of parts) {
    if (partStart >= end) break
    const from = Math.max(start - partStart, 0)
    const to = Math.min(end - partStart, sizeBytes)
    if (from < to) slices.push({ blobKey, from, to })
    partStart += sizeBytes
  }
  return slices
}
