import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from './sync-directory.ts'

export interface ImageDirectories {
  /** Makes an image's folder durable before anything is put into it. @returns its path */
  ensure(imageId: string): Promise<string>
  /** The folder may be gone: the next use makes it anew. */
  forget(imageId: string): void
}

/** Beyond it the oldest is synced once more, which costs a moment and is never wrong. */
const maxKnownDirectories = 10_000

/**
 * Parts that arrive together share one attempt: none may be acknowledged while the folder's own entry could still be lost.
 * The first use in each process syncs, whoever made the folder: its maker may have died before it did.
 */
export function createImageDirectories(directory: string): ImageDirectories {
  const pending = new Map<string, Promise<string>>()
  const durable = new Set<string>()

  const make = async (imageId: string) => {
    const path = join(directory, imageId)
    // Not recursively: that says ENOENT for a disk that has become read-only, and would make the store's folder anew, on
    // the wrong disk, when its own is no longer mounted.
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await syncDirectory(directory)
    durable.add(imageId)
    for (const [oldest] of durable.entries()) {
      if (durable.size <= maxKnownDirectories) break
      durable.delete(oldest)
    }
    return path
  }

  return {
    ensure(imageId) {
      if (durable.has(imageId)) return Promise.resolve(join(directory, imageId))
      const shared = pending.get(imageId)
      if (shared) return shared
      const started = make(imageId).finally(() => pending.delete(imageId))
      pending.set(imageId, started)
      return started
    },
    forget: (imageId) => void durable.delete(imageId),
  }
}
