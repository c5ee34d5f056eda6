import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

interface ReadSliceOptions {
  /** The blobs folder. */
  readonly directory: string
  /** For errors. */
  readonly partNumber: number
  readonly fileKey: string
  readonly offsetBytes: number
  /** Bytes of the file that are there. */
  readonly endBytes: number
  /** Stop after about so many bytes. */
  readonly budgetBytes: number
  readonly buffer: Buffer
  /** Gets each chunk; the buffer is used again afterwards. An empty part is one empty chunk. */
  readonly onChunk: (bytes: Uint8Array) => void
}

/** Reads on in a part, a buffer at a time. @throws {Error} ENOENT for a replaced part, or when the file is too short */
export function readSlice(options: ReadSliceOptions): void {
  const { directory, partNumber, fileKey, offsetBytes, endBytes, budgetBytes, buffer, onChunk } = options
  const file = openSync(join(directory, fileKey), 'r')
  try {
    const end = Math.min(endBytes, offsetBytes + budgetBytes)
    let position = offsetBytes
    do {
      const length = Math.min(buffer.length, end - position)
      const read = length === 0 ? 0 : readSync(file, buffer, 0, length, position)
      if (read < length) throw new Error(`part ${partNumber} is shorter than the ${endBytes} bytes recorded`)
      onChunk(buffer.subarray(0, read))
      position += read
    } while (position < end)
  } finally {
    closeSync(file)
  }
}
