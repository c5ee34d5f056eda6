import { createCipheriv, createHash } from 'node:crypto'

/** The same bytes for the same seed, on every machine, at the speed of AES: the keystream of AES-128 in counter mode. */
export function createSeededBytes(seed: string): (byteCount: number) => Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16)
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
  return (byteCount) => cipher.update(Buffer.alloc(byteCount))
}
