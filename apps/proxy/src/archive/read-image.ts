import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { PartRow } from '../metadata/schema.ts'

const chunkSizeBytes = 1024 * 1024

interface ReadImageOptions {
  /** The blobs folder. */
  readonly blobsPath: string
  readonly manifest: readonly PartRow[]
}

/**
 * An image's bytes in order. Each chunk is valid until the next one is asked for.
 * @throws {Error} when a part's file is missing or has another length than recorded
 */
export async function* readImage({ blobsPath, manifest }: ReadImageOptions): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(chunkSizeBytes)
  for (const { blob_key, part_number, size_bytes } of manifest) {
    const handle = await open(join(blobsPath, blob_key), 'r')
    try {
      await assertLength(handle, { part_number, size_bytes })
      for (let position = 0; position < size_bytes; ) {
        const length = Math.min(buffer.length, size_bytes - position)
        const { bytesRead } = await handle.read(buffer, 0, length, position)
        if (bytesRead === 0) throw new Error(`part ${part_number} ends at byte ${position} of ${size_bytes}`)
        position += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await handle.close()
    }
  }
}

async function assertLength(handle: FileHandle, part: Pick<PartRow, 'part_number' | 'size_bytes'>): Promise<void> {
  const { size } = await handle.stat()
  if (size !== part.size_bytes) {
    throw new Error(`part ${part.part_number} has ${size} bytes in storage, ${part.size_bytes} are recorded`)
  }
}
