import { createHash, type Hash } from 'node:crypto'
import type { DigestPart } from './digest-service.ts'

/**
 * How far one image is hashed: parts 1 to k in order, and the parts beyond k that are already there. Pure bookkeeping
 * around a running hash; reading bytes is the caller's.
 */
export interface Frontier {
  hash: Hash
  /** The parts that are hashed completely, part 1 first. */
  readonly hashed: DigestPart[]
  /** Parts that landed and are not hashed completely, by part number. */
  readonly waiting: Map<number, DigestPart>
  /** Bytes hashed of part `hashed.length + 1`. */
  offsetBytes: number
}

export function createFrontier(): Frontier {
  return { hash: createHash('sha256'), hashed: [], waiting: new Map(), offsetBytes: 0 }
}

/** The part to hash next, if it has landed. */
export function nextPart(frontier: Frontier): DigestPart | undefined {
  return frontier.waiting.get(frontier.hashed.length + 1)
}

/** Bytes that could be hashed now: those of the waiting parts that follow without a gap. */
export function lagOf({ hashed, waiting, offsetBytes }: Frontier): number {
  let bytes = -offsetBytes
  for (let number = hashed.length + 1; ; number++) {
    const part = waiting.get(number)
    if (!part) return Math.max(bytes, 0)
    bytes += part.sizeBytes
  }
}

/** Takes note of a part. One that replaces hashed bytes makes the whole image start anew. */
export function addPart(frontier: Frontier, part: DigestPart): void {
  const { hashed, waiting, offsetBytes } = frontier
  const index = part.partNumber - 1
  const known = hashed[index] ?? (index === hashed.length && offsetBytes > 0 ? nextPart(frontier) : undefined)
  if (known?.blobKey === part.blobKey) return
  if (known) {
    for (const earlier of hashed) waiting.set(earlier.partNumber, earlier)
    hashed.length = 0
    frontier.hash = createHash('sha256')
    frontier.offsetBytes = 0
  }
  waiting.set(part.partNumber, part)
}

/** Hashes the next bytes of the part that is underway. */
export function advance(frontier: Frontier, part: DigestPart, bytes: Uint8Array): void {
  frontier.hash.update(bytes)
  frontier.offsetBytes += bytes.length
  if (frontier.offsetBytes < part.sizeBytes) return
  frontier.hashed.push(part)
  frontier.waiting.delete(part.partNumber)
  frontier.offsetBytes = 0
}

/** True when everything that is hashed so far belongs to this manifest, so that hashing can go on from there. */
export function isPrefixOf(frontier: Frontier, manifest: readonly DigestPart[]): boolean {
  const underway = frontier.offsetBytes > 0 ? nextPart(frontier)?.blobKey : undefined
  return (
    frontier.hashed.length <= manifest.length &&
    frontier.hashed.every(({ blobKey }, index) => manifest[index]?.blobKey === blobKey) &&
    (underway === undefined || manifest[frontier.hashed.length]?.blobKey === underway)
  )
}

export function isComplete(frontier: Frontier, manifest: readonly DigestPart[]): boolean {
  return frontier.hashed.length === manifest.length && frontier.offsetBytes === 0
}

/** The digest so far; the running hash goes on afterwards. */
export function digestSoFar(frontier: Frontier): string {
  return frontier.hash.copy().digest('hex')
}
