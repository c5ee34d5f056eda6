import { createHash } from 'node:crypto'
import { limits } from '@slipway/core'

/** The least that a part may have which is not the last one, in bytes: images of several parts cost so much traffic. */
export const fullPartSizeBytes = limits.minPartSizeBytes

/** The same bytes for the same seed, other ones at every place and for every seed. */
export function bytesOf(sizeBytes: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4))
  for (let index = 0; index < words.length; index++) {
    // Steele and Vigna's mixing constants: neighbouring words share no pattern, so that misplaced bytes are seen.
    let word = Math.imul(index + seed * 0x9e3779b9, 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    words[index] = word ^ (word >>> 16)
  }
  return new Uint8Array(words.buffer, 0, sizeBytes)
}

export function sha256Of(...pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/** A well-formed digest of nothing that the kit uploads. */
export const otherSha256 = 'f'.repeat(64)
