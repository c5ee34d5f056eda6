import { opendir, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isImageId } from '@slipway/core'
import type { SweepOptions, SweepResult } from '../blob-store.ts'
import { isBlobFileName, isTemporaryFileName } from './blob-key.ts'

/** Crash recovery: removes unfinished writes and blobs that no row names. What is not this store's own stays. */
export async function sweep(directory: string, { blobKeysOf }: SweepOptions): Promise<SweepResult> {
  let removedCount = 0
  for await (const entry of await opendir(directory)) {
    if (!entry.isDirectory() || !isImageId(entry.name)) continue
    const imageDirectory = join(directory, entry.name)
    const names = await readdir(imageDirectory)
    const referenced = await blobKeysOf(entry.name)
    let keptCount = 0
    for (const name of names) {
      const isOrphan = isTemporaryFileName(name) || (isBlobFileName(name) && !referenced.has(`${entry.name}/${name}`))
      if (!isOrphan) {
        keptCount++
        continue
      }
      await rm(join(imageDirectory, name), { force: true })
      removedCount++
    }
    if (keptCount === 0) await rmdir(imageDirectory)
  }
  return { removedCount }
}
