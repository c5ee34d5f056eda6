import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from './sync-directory.ts'

export type EnsureImageDirectory = (imageId: string) => Promise<string>

/**
 * Makes an image's folder durable before anything is put into it. Parts that arrive together share one attempt: none may
 * be acknowledged while the folder's own entry could still be lost.
 */
export function createEnsureImageDirectory(directory: string): EnsureImageDirectory {
  const pending = new Map<string, Promise<string>>()

  const ensure = async (imageId: string) => {
    const path = join(directory, imageId)
    if ((await mkdir(path, { recursive: true })) !== undefined) await syncDirectory(directory)
    return path
  }

  return (imageId) => {
    const shared = pending.get(imageId)
    if (shared) return shared
    const started = ensure(imageId).finally(() => pending.delete(imageId))
    pending.set(imageId, started)
    return started
  }
}
