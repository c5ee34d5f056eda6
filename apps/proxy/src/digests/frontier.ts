import { createHash, type Hash } from 'node:crypto'
import type { ArrivingPart, DigestPart } from './digest-service.ts'

/**
 * How far one image is hashed: parts 1 to k in order, some bytes of the next one, and the parts beyond that are already
 * there. Pure bookkeeping around a running hash; reading bytes is the caller's.
 */
export interface Frontier {
  hash: Hash
  /** The parts that are hashed completely, part 1 first. */
  readonly hashed: DigestPart[]
  /** Parts that landed and are not hashed completely, by part number. */
  readonly waiting: Map<number, DigestPart>
  /** The lowest part whose bytes are still coming, as far as somebody told. */
  arriving: ArrivingPart | undefined
  /** The part `hashed.length + 1` while some of its bytes are hashed. */
  underway: { readonly blobKey: string; readonly hashBefore: Hash; offsetBytes: number } | undefined
}

/** Bytes that can be hashed now. */
export interface NextBytes {
  readonly partNumber: number
  readonly blobKey: string
  /** Where they are: a part that is still arriving has another name. */
  readonly fileKey: string
  readonly offsetBytes: number
  readonly endBytes: number
  /** The part, when it ends with them. */
  readonly part: DigestPart | undefined
}

export function createFrontier(): Frontier {
  return { hash: createHash('sha256'), hashed: [], waiting: new Map(), arriving: undefined, underway: undefined }
}

/** What to hash next: of a part that has landed, or of one that is arriving. */
export function nextBytes({ hashed, waiting, arriving, underway }: Frontier): NextBytes | undefined {
  const partNumber = hashed.length + 1
  const offsetBytes = underway?.offsetBytes ?? 0
  const part = waiting.get(partNumber)
  if (part) {
    const { blobKey, sizeBytes } = part
    return { partNumber, blobKey, fileKey: blobKey, offsetBytes, endBytes: sizeBytes, part }
  }
  if (arriving?.partNumber !== partNumber || arriving.writtenBytes <= offsetBytes) return undefined
  const { blobKey, temporaryKey, writtenBytes } = arriving
  if (underway && underway.blobKey !== blobKey) return undefined
  return { partNumber, blobKey, fileKey: temporaryKey, offsetBytes, endBytes: writtenBytes, part: undefined }
}

/** Bytes that could be hashed now: those of the waiting parts that follow without a gap. */
export function lagOf({ hashed, waiting, underway }: Frontier): number {
  let bytes = -(underway?.offsetBytes ?? 0)
  for (let number = hashed.length + 1; ; number++) {
    const part = waiting.get(number)
    if (!part) return Math.max(bytes, 0)
    bytes += part.sizeBytes
  }
}

/** Takes note of a part that landed. One that replaces a hashed one makes the whole image start anew. */
export function addPart(frontier: Frontier, part: DigestPart): void {
  const { hashed, waiting } = frontier
  const known = hashed[part.partNumber - 1]
  if (known?.blobKey === part.blobKey) return
  if (known) {
    for (const earlier of hashed) waiting.set(earlier.partNumber, earlier)
    hashed.length = 0
    frontier.hash = createHash('sha256')
    frontier.underway = undefined
  } else if (part.partNumber === hashed.length + 1 && frontier.underway?.blobKey !== part.blobKey) {
    forgetUnderway(frontier)
  }
  waiting.set(part.partNumber, part)
}

/** The part that was arriving did not land: what was hashed of it is taken back. */
export function dropArriving(frontier: Frontier, blobKey: string): void {
  if (frontier.arriving?.blobKey === blobKey) frontier.arriving = undefined
  if (frontier.underway?.blobKey === blobKey) forgetUnderway(frontier)
}

/** Hashes the next bytes of what `nextBytes` returned. */
export function advance(frontier: Frontier, { blobKey, part }: NextBytes, bytes: Uint8Array): void {
  frontier.underway ??= { blobKey, hashBefore: frontier.hash.copy(), offsetBytes: 0 }
  frontier.hash.update(bytes)
  frontier.underway.offsetBytes += bytes.length
  if (!part || frontier.underway.offsetBytes < part.sizeBytes) return
  frontier.hashed.push(part)
  frontier.waiting.delete(part.partNumber)
  frontier.underway = undefined
}

/** Makes the frontier one that leads to exactly these parts, keeping of the hash what can be kept. */
export function lead(frontier: Frontier, manifest: readonly DigestPart[]): Frontier {
  const isKept =
    frontier.hashed.length <= manifest.length &&
    frontier.hashed.every(({ blobKey }, index) => manifest[index]?.blobKey === blobKey)
  const leading = isKept ? frontier : createFrontier()
  const doneCount = leading.hashed.length
  if (leading.underway?.blobKey !== manifest[doneCount]?.blobKey) forgetUnderway(leading)
  leading.arriving = undefined
  leading.waiting.clear()
  for (const part of manifest.slice(doneCount)) leading.waiting.set(part.partNumber, part)
  return leading
}

export function isComplete({ hashed, underway }: Frontier, manifest: readonly DigestPart[]): boolean {
  return hashed.length === manifest.length && underway === undefined
}

/** The digest so far; the running hash goes on afterwards. */
export function digestSoFar(frontier: Frontier): string {
  return frontier.hash.copy().digest('hex')
}

function forgetUnderway(frontier: Frontier): void {
  if (frontier.underway) frontier.hash = frontier.underway.hashBefore
  frontier.underway = undefined
}
