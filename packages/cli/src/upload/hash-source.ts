import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { unreadable } from '../inspect/assert-uploadable.ts'
import type { UploadSource } from './open-upload-source.ts'

const readChunkBytes = 1024 * 1024

/** Hashes what would be uploaded. @returns 64 hexadecimal digits, and how many bytes they are of */
export async function hashSource(
  { input, label }: UploadSource,
  signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const chunks =
    typeof input === 'string'
      ? createReadStream(input, { highWaterMark: readChunkBytes })
      : (input as AsyncIterable<Uint8Array>)
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted()
      hash.update(chunk)
      sizeBytes += chunk.length
    }
  } catch (error) {
    throw signal.aborted ? error : unreadable(error, label)
  }
  return { sha256: hash.digest('hex'), sizeBytes }
}
