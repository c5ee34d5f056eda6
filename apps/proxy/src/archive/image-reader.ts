import type { StoredImage } from '../metadata/images.ts'
import { listManifest } from '../metadata/parts.ts'
import type { Database } from '../metadata/schema.ts'
import type { StorageLocation } from '../storage/storage-url.ts'
import { readImage } from './read-image.ts'

export interface ImageReader {
  /** An image's bytes in order. Each chunk is valid until the next one is asked for. */
  read(row: StoredImage): AsyncIterable<Uint8Array>
  close(): void
}

interface ImageReaderOptions {
  readonly location: StorageLocation
  readonly db: Database
  /** The folder of bytes that are stored in files. */
  readonly blobsPath: string
}

/** Reads images from where they are, for commands beside the server. */
export async function openImageReader({ location, db, blobsPath }: ImageReaderOptions): Promise<ImageReader> {
  if (location.kind === 'files') {
    return {
      read: async function* (row) {
        yield* readImage({ blobsPath, manifest: await listManifest(db, row.id) })
      },
      close: () => undefined,
    }
  }
  const { openObjectReader } = await import('../storage/s3/object-reader.ts')
  return openObjectReader(location)
}
