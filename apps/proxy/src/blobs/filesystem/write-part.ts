import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { bodyTooLarge } from '../../api-errors.ts'
import type { StoredPart, WritePartOptions } from '../blob-store.ts'
import type { BufferPool } from '../buffer-pool.ts'
import type { EnsureImageDirectory } from './image-directory.ts'
import { syncDirectory } from './sync-directory.ts'

interface WritePartContext {
  readonly ensureImageDirectory: EnsureImageDirectory
  readonly buffers: BufferPool
}

/** Streams into a sibling temporary file, makes it durable and only then gives it its name. */
export async function writePart(
  { ensureImageDirectory, buffers }: WritePartContext,
  { imageId, partNumber, source, maxSizeBytes }: WritePartOptions,
): Promise<StoredPart> {
  const imageDirectory = await ensureImageDirectory(imageId)
  const stem = `${partNumber}-${randomBytes(9).toString('base64url')}`
  const temporaryPath = join(imageDirectory, `${stem}.tmp`)
  const handle = await open(temporaryPath, 'wx')
  try {
    const written = await pour({ source, handle, buffers, maxSizeBytes })
    await handle.datasync()
    await handle.close()
    await rename(temporaryPath, join(imageDirectory, `${stem}.part`))
    await syncDirectory(imageDirectory)
    return { blobKey: `${imageId}/${stem}.part`, ...written }
  } catch (error) {
    await handle.close()
    await rm(temporaryPath, { force: true })
    throw error
  }
}

interface PourOptions {
  readonly source: Readable
  readonly handle: FileHandle
  readonly buffers: BufferPool
  readonly maxSizeBytes: number
}

/** Two buffers in turn: one fills from the socket while the other goes to the file. */
async function pour({ source, handle, buffers, maxSizeBytes }: PourOptions) {
  const hash = createHash('sha256')
  let filling = buffers.acquire()
  let writing = buffers.acquire()
  let filledBytes = 0
  let sizeBytes = 0
  let pendingWrite: Promise<void> = Promise.resolve()

  const flush = async () => {
    const full = filling.subarray(0, filledBytes)
    hash.update(full)
    await pendingWrite
    pendingWrite = writeAll(handle, full)
    // It is awaited before the next write; until then a failure must not count as unhandled.
    pendingWrite.catch(() => undefined)
    ;[filling, writing] = [writing, filling]
    filledBytes = 0
  }

  try {
    // Stopping early must not destroy the source: when it is a request, its socket still has to carry the refusal.
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length
      if (sizeBytes > maxSizeBytes) throw bodyTooLarge({ limitBytes: maxSizeBytes, what: 'a part' })
      for (let taken = 0; taken < chunk.length; ) {
        const copied = chunk.copy(filling, filledBytes, taken)
        taken += copied
        filledBytes += copied
        if (filledBytes === filling.length) await flush()
      }
    }
    await flush()
    await pendingWrite
    return { sizeBytes, sha256: hash.digest('hex') }
  } finally {
    // A buffer under a write that still runs must not be lent again.
    await pendingWrite.catch(() => undefined)
    buffers.release(filling)
    buffers.release(writing)
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, offset)
    offset += bytesWritten
  }
}
