import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { ObjectStore, UploadKey } from '../../../storage/s3/object-store.ts'
import type { CacheFile } from '../cache-store.ts'
import { type EntryKeys, entryPartBytes, formatRecord } from './entry-record.ts'

export interface SaveEntryOptions {
  readonly store: Pick<
    ObjectStore,
    'createUpload' | 'putPart' | 'listParts' | 'completeUpload' | 'abortUpload' | 'sizeOf' | 'put'
  >
  readonly keys: EntryKeys
  /** Verified, and readable to its end whatever becomes of its name. */
  readonly file: CacheFile
  readonly sizeBytes: number
  /** Between two parts. */
  readonly signal: AbortSignal
}

/** A part that fails is sent again, so often in all. */
const maxAttempts = 3
const maxPartCount = 10_000
/** Small enough that nobody waits for its sums, which this thread makes between the readers' bytes. */
const readBytes = 512 * 1024

/**
 * Stores a verified image for all servers. Nothing is seen of it before it is whole; what a crash leaves is an upload, which
 * a later start aborts.
 * @throws {StoreError}
 */
export async function saveEntry(options: SaveEntryOptions): Promise<void> {
  const { store, keys, sizeBytes } = options
  const upload = { key: keys.object, uploadId: await store.createUpload(keys.object) }
  let sums: readonly number[]
  try {
    sums = await sendParts(options, upload)
    await complete(options, { upload, partCount: sums.length })
  } catch (error) {
    await store.abortUpload(upload).catch(() => undefined)
    throw error
  }
  await store.put(keys.record, formatRecord({ sizeBytes, partBytes: entryPartBytes, crc32: sums }))
}

/** @returns the parts' sums */
async function sendParts({ store, file, sizeBytes, signal }: SaveEntryOptions, upload: UploadKey): Promise<number[]> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(entryPartBytes, sizeBytes))
  const sums: number[] = []
  for (let position = 0; position < sizeBytes; position += entryPartBytes) {
    signal.throwIfAborted()
    const bytes = buffer.subarray(0, Math.min(entryPartBytes, sizeBytes - position))
    const { sum, md5 } = await readPart(file, { bytes, position })
    sums.push(sum)
    for (let attempt = 1; ; attempt++) {
      try {
        const body = Readable.from([bytes])
        await store.putPart(upload, { partNumber: sums.length, lengthBytes: bytes.length, md5, body })
        break
      } catch (error) {
        if (attempt === maxAttempts || signal.aborted) throw error
      }
    }
  }
  return sums
}

async function complete(
  { store, keys, sizeBytes }: SaveEntryOptions,
  { upload, partCount }: { upload: UploadKey; partCount: number },
): Promise<void> {
  const { parts } = await store.listParts(upload, { afterPartNumber: 0, limit: maxPartCount })
  const listedBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
  if (parts.length !== partCount || listedBytes !== sizeBytes) {
    throw new Error(`the object store lists ${parts.length} parts of ${listedBytes} bytes, not what it was sent`)
  }
  try {
    await store.completeUpload(upload, parts)
  } catch (error) {
    // It may have been done, with only the answer lost.
    if ((await store.sizeOf(keys.object)) !== sizeBytes) throw error
  }
}

async function readPart(
  file: CacheFile,
  { bytes, position }: { bytes: Uint8Array; position: number },
): Promise<{ sum: number; md5: string }> {
  const md5 = createHash('md5')
  let sum = 0
  for (let offset = 0; offset < bytes.length; ) {
    const wanted = bytes.subarray(offset, offset + readBytes)
    const length = await file.read(wanted, position + offset)
    if (length === 0) throw new Error('the cached file is shorter than its image')
    const piece = wanted.subarray(0, length)
    md5.update(piece)
    sum = crc32(piece, sum)
    offset += length
  }
  return { sum, md5: md5.digest('base64') }
}
