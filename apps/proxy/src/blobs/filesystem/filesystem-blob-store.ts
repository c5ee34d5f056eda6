import { randomBytes } from 'node:crypto'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore } from '../blob-store.ts'
import type { BufferPool } from '../buffer-pool.ts'
import { assertBlobKey } from './blob-key.ts'
import { createEnsureImageDirectory } from './image-directory.ts'
import { sweep } from './sweep.ts'
import { writePart } from './write-part.ts'

export interface FilesystemBlobStoreOptions {
  /** Holds a folder for each image; made when missing. */
  readonly directory: string
  readonly buffers: BufferPool
}

export async function createFilesystemBlobStore({
  directory,
  buffers,
}: FilesystemBlobStoreOptions): Promise<BlobStore> {
  await mkdir(directory, { recursive: true })
  const ensureImageDirectory = createEnsureImageDirectory(directory)

  const pathOf = (blobKey: string) => {
    assertBlobKey(blobKey)
    return join(directory, blobKey)
  }

  return {
    writePart: (options) => writePart({ ensureImageDirectory, buffers }, options),
    async open(blobKey) {
      const handle = await open(pathOf(blobKey), 'r')
      return {
        read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
        close: () => handle.close(),
      }
    },
    async remove(blobKey) {
      await rm(pathOf(blobKey), { force: true })
    },
    sweep: (options) => sweep(directory, options),
    async assertWritable() {
      const path = join(directory, `.probe-${randomBytes(6).toString('hex')}`)
      try {
        await writeFile(path, 'probe')
      } finally {
        await rm(path, { force: true })
      }
    },
  }
}
