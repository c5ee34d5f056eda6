import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

const readSizeBytes = 1024 * 1024

/** The SHA-256 of a file's bytes, computed here and not taken from anybody's word. */
export async function fileDigest(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: readSizeBytes }), hash, { signal })
  return hash.digest('hex')
}
