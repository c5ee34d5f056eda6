import { createCipheriv, createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Content {
  readonly sizeBytes: number
  readonly seed: number
}

const chunkBytes = 256 * 1024

/** Bytes that look random and are wholly decided by seed and size: other ones at every place. */
export function contentStream({ sizeBytes, seed }: Content): Readable {
  return Readable.from(chunks(sizeBytes, seed), { objectMode: false })
}

export async function contentDigest(content: Content): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(contentStream(content), hash)
  return hash.digest('hex')
}

export async function writeContent(path: string, content: Content): Promise<void> {
  await pipeline(contentStream(content), createWriteStream(path))
}

function* chunks(sizeBytes: number, seed: number): Generator<Buffer> {
  const key = createHash('md5').update(`slipway-chaos-${seed}`).digest()
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
  const zeros = Buffer.alloc(chunkBytes)
  for (let leftBytes = sizeBytes; leftBytes > 0; leftBytes -= chunkBytes) {
    yield cipher.update(zeros.subarray(0, Math.min(leftBytes, chunkBytes)))
  }
}
