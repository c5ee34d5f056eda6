import { randomBytes } from 'node:crypto'
import { mkdir, open, rm, rmdir, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore } from '../blob-store.ts'
import type { BufferPool } from '../buffer-pool.ts'
import { createPartOrder } from '../part-order.ts'
import { assertBlobKey, assertImageId } from './blob-key.ts'
import { createImageDirectories } from './image-directory.ts'
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
  const order = createPartOrder({ now: () => performance.now() })
  const imageDirectories = createImageDirectories(directory)

  const pathOf = (blobKey: string) => {
    assertBlobKey(blobKey)
    return join(directory, blobKey)
  }

  return {
    writePart: (options) => writePart({ imageDirectories, buffers, order }, options),
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
    async removeEmptyImage(imageId) {
      assertImageId(imageId)
      imageDirectories.forget(imageId)
      await rmdir(join(directory, imageId)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error
      })
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(directory)
      return bavail * bsize
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
