import { mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '../../blobs/filesystem/sync-directory.ts'
import type { CacheStore, StoredObject } from './cache-store.ts'

const wholeSuffix = '.img'
const begunSuffix = '.part'
const fileName = /^([a-f0-9]{64})(\.img|\.part)$/

/** One file an image. A begun one has another name, so that what bears the final one is whole, whenever the power went. */
export async function createFilesystemCacheStore({ directory }: { directory: string }): Promise<CacheStore> {
  await mkdir(directory, { recursive: true })
  const pathOf = (sha256: string, suffix: string) => join(directory, sha256 + suffix)

  return {
    async list() {
      const objects: StoredObject[] = []
      for (const name of await readdir(directory)) {
        const [, sha256, suffix] = fileName.exec(name) ?? []
        if (sha256 === undefined) continue
        const { size, mtimeMs } = await stat(join(directory, name))
        objects.push({ sha256, sizeBytes: size, usedAtMs: mtimeMs, isWhole: suffix === wholeSuffix })
      }
      return objects
    },
    async open(sha256) {
      const handle = await open(pathOf(sha256, wholeSuffix), 'r')
      return {
        read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
        close: () => handle.close(),
      }
    },
    async beginFill(sha256) {
      const begunPath = pathOf(sha256, begunSuffix)
      // Created when missing, never cut.
      const handle = await open(begunPath, 'a').then(async (created) => {
        await created.close()
        return await open(begunPath, 'r+')
      })
      const { size } = await handle.stat()
      return {
        sizeBytes: size,
        read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
        async write(bytes, position) {
          for (let offset = 0; offset < bytes.length; ) {
            const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset, position + offset)
            offset += bytesWritten
          }
        },
        truncate: () => handle.truncate(0),
        async commit() {
          await handle.datasync()
          await rename(begunPath, pathOf(sha256, wholeSuffix))
          await syncDirectory(directory)
        },
        close: () => handle.close(),
      }
    },
    async remove(sha256) {
      await rm(pathOf(sha256, wholeSuffix), { force: true })
      await rm(pathOf(sha256, begunSuffix), { force: true })
    },
    async touch(sha256, atMs) {
      await utimes(pathOf(sha256, wholeSuffix), atMs / 1000, atMs / 1000)
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(directory)
      return bavail * bsize
    },
  }
}
