import { createHash, type Hash } from 'node:crypto'
import type { DigestPart } from './digest-service.ts'

/** One part that is being hashed on its own. */
export interface PartHashJob {
  readonly requestId: number
  readonly imageId: string
  readonly part: DigestPart
  readonly hash: Hash
  offsetBytes: number
}

export function createPartHashJob(job: Pick<PartHashJob, 'requestId' | 'imageId' | 'part'>): PartHashJob {
  return { ...job, hash: createHash('sha256'), offsetBytes: 0 }
}

/** @returns the digest once the last byte is in */
export function advancePart(job: PartHashJob, bytes: Uint8Array): string | undefined {
  job.hash.update(bytes)
  job.offsetBytes += bytes.length
  return job.offsetBytes >= job.part.sizeBytes ? job.hash.digest('hex') : undefined
}
