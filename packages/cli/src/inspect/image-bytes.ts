import { open, stat } from 'node:fs/promises'

/** Random access to an image's bytes, as far as there is any. */
export interface ImageBytes {
  /** Undefined for a stream. */
  readonly sizeBytes: number | undefined
  /** What it takes on the disk: less than the size where there are holes. Undefined where that is not known. */
  readonly allocatedBytes: number | undefined
  /** Fewer bytes than asked for where they end, and none beyond a stream's beginning. */
  read(position: number, length: number): Promise<Buffer>
}

/** What a stream shows of itself: its beginning. */
export function headBytes(head: Buffer): ImageBytes {
  return {
    sizeBytes: undefined,
    allocatedBytes: undefined,
    read: async (position, length) => head.subarray(position, position + length),
  }
}

/** Opens a file for inspection, and closes it whatever happens. @throws when it cannot be read, or is not a regular file */
export async function withFileBytes<T>(path: string, use: (bytes: ImageBytes) => Promise<T>): Promise<T> {
  // To open a named pipe would be to wait for its writer.
  if (!(await stat(path)).isFile()) throw new Error('not a regular file')
  const file = await open(path)
  try {
    const { size, blocks } = await file.stat()
    return await use({
      sizeBytes: size,
      // POSIX leaves the unit open; where Node runs it is 512 bytes.
      allocatedBytes: blocks * 512,
      async read(position, length) {
        // A damaged table can point anywhere.
        if (!Number.isSafeInteger(position)) return Buffer.alloc(0)
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
        return buffer.subarray(0, bytesRead)
      },
    })
  } finally {
    await file.close()
  }
}
