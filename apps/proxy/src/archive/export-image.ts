import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../blobs/filesystem/sync-directory.ts'

export interface ExportImageOptions {
  /** In order. */
  readonly bytes: AsyncIterable<Uint8Array>
  readonly sha256: string
  readonly path: string
  readonly overwrites: boolean
}

/** What file systems allocate at least; smaller zero runs are not worth a hole. */
const holeSizeBytes = 64 * 1024
const zeros = Buffer.alloc(holeSizeBytes)

/**
 * Writes an image as a plain file, verified before it gets its name. Blocks of zeros become holes.
 * @throws {Error} `EEXIST` when the file is there and is not to be overwritten; or when the bytes are not the declared ones
 */
export async function exportImage(options: ExportImageOptions): Promise<{ sizeBytes: number }> {
  const { path, sha256, overwrites } = options
  const temporaryPath = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const handle = await open(temporaryPath, 'wx')
  try {
    const written = await pourSparse(handle, options.bytes)
    if (written.sha256 !== sha256) {
      throw new Error(`the stored bytes have the digest ${written.sha256}, declared is ${sha256}: run scrub`)
    }
    await handle.sync()
    await handle.close()
    if (overwrites) {
      await rename(temporaryPath, path)
    } else {
      // Unlike a rename, a link never replaces what is there.
      await link(temporaryPath, path)
      await rm(temporaryPath)
    }
    await syncDirectory(dirname(path))
    return { sizeBytes: written.sizeBytes }
  } catch (error) {
    await handle.close()
    await rm(temporaryPath, { force: true })
    throw error
  }
}

async function pourSparse(handle: FileHandle, bytes: ExportImageOptions['bytes']) {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of bytes) {
    hash.update(chunk)
    for (let start = 0; start < chunk.length; start += holeSizeBytes) {
      const block = chunk.subarray(start, start + holeSizeBytes)
      if (!Buffer.from(block.buffer, block.byteOffset, block.length).equals(zeros.subarray(0, block.length)))
        await writeAll(handle, block, sizeBytes + start)
    }
    sizeBytes += chunk.length
  }
  // A hole at the end exists only as length.
  await handle.truncate(sizeBytes)
  return { sizeBytes, sha256: hash.digest('hex') }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset, position + offset)
    offset += bytesWritten
  }
}
