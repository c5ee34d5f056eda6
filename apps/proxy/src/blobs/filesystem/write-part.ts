import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bodyTooLarge } from '../../api-errors.ts'
import type { StoredPart, WritePartOptions } from '../blob-store.ts'
import type { BufferPool } from '../buffer-pool.ts'
import type { ByteSource } from '../byte-source.ts'
import type { PartOrder, PartTurn } from '../part-order.ts'
import type { ImageDirectories } from './image-directory.ts'
import { syncDirectory } from './sync-directory.ts'

interface WritePartContext {
  readonly imageDirectories: ImageDirectories
  readonly buffers: BufferPool
  readonly order: PartOrder
}

/** Streams into a sibling temporary file, makes it durable and only then gives it its name. */
export async function writePart(
  { imageDirectories, buffers, order }: WritePartContext,
  { imageId, partNumber, source, maxSizeBytes, onProgress }: WritePartOptions,
): Promise<StoredPart> {
  const imageDirectory = await imageDirectories.ensure(imageId)
  const stem = `${partNumber}-${randomBytes(9).toString('base64url')}`
  const [blobKey, temporaryKey] = [`${imageId}/${stem}.part`, `${imageId}/${stem}.tmp`]
  const temporaryPath = join(imageDirectory, `${stem}.tmp`)
  const handle = await open(temporaryPath, 'wx')
  try {
    const turn = order.enter(imageId, partNumber)
    const onWritten = (writtenBytes: number) => {
      if (turn.isFirst()) onProgress?.({ blobKey, temporaryKey, writtenBytes })
    }
    const sizeBytes = await pour({ source, handle, buffers, turn, maxSizeBytes, onWritten }).finally(() => turn.leave())
    await handle.datasync()
    await handle.close()
    await rename(temporaryPath, join(imageDirectory, `${stem}.part`))
    await syncDirectory(imageDirectory)
    return { blobKey, sizeBytes }
  } catch (error) {
    await handle.close()
    await rm(temporaryPath, { force: true })
    throw error
  }
}

interface PourOptions {
  readonly source: ByteSource
  readonly handle: FileHandle
  readonly buffers: BufferPool
  readonly turn: PartTurn
  readonly maxSizeBytes: number
  /** Gets how many bytes are in the file. */
  readonly onWritten: (writtenBytes: number) => void
}

/** @returns the bytes written */
async function pour({ source, handle, buffers, turn, maxSizeBytes, onWritten }: PourOptions): Promise<number> {
  const pair = [buffers.acquire(), buffers.acquire()] as const
  let sizeBytes = 0
  const deliver = async (bytes: Buffer) => {
    sizeBytes += bytes.length
    if (sizeBytes > maxSizeBytes) throw bodyTooLarge({ limitBytes: maxSizeBytes, what: 'a part' })
    const heldBackMs = turn.delivered(bytes.length)
    const written = writeAll(handle, bytes).then(() => onWritten(sizeBytes))
    await (heldBackMs > 0 ? Promise.all([written, sleep(heldBackMs)]) : written)
  }
  try {
    await source.drain({ buffers: pair, deliver })
  } finally {
    for (const buffer of pair) buffers.release(buffer)
  }
  return sizeBytes
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, offset)
    offset += bytesWritten
  }
}
