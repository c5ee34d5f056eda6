import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { DigestPart } from './digest-service.ts'

interface ReadSliceOptions {
  /** The blobs folder. */
  readonly directory: string
  readonly part: DigestPart
  readonly offsetBytes: number
  /** Stop after about so many bytes. */
  readonly budgetBytes: number
  readonly buffer: Buffer
  /** Gets each chunk; the buffer is used again afterwards. An empty part is one empty chunk. */
  readonly onChunk: (bytes: Uint8Array) => void
}

/** Reads on in a part, a buffer at a time. @throws {Error} ENOENT for a replaced part, or when the file is too short */
export function readSlice({ directory, part, offsetBytes, budgetBytes, buffer, onChunk }: ReadSliceOptions): void {
  const file = openSync(join(directory, part.blobKey), 'r')
  try {
    const end = Math.min(part.sizeBytes, offsetBytes + budgetBytes)
    let position = offsetBytes
    do {
      const length = Math.min(buffer.length, end - position)
      const read = length === 0 ? 0 : readSync(file, buffer, 0, length, position)
      if (read < length) throw new Error(`part ${part.partNumber} is shorter than the ${part.sizeBytes} bytes recorded`)
      onChunk(buffer.subarray(0, read))
      position += read
    } while (position < end)
  } finally {
    closeSync(file)
  }
}
