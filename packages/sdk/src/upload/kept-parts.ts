import { limits, type PartPlan, partAt, planParts } from '@slipway/core'
import type { RangeDigest } from '../digest/hash-frontier.ts'
import { ApiError } from '../errors/api-error.ts'
import { ResponseError, UsageError } from '../errors/slipway-error.ts'
import type { Transport } from '../http/transport.ts'
import type { Image } from '../image.ts'
import { listParts, type Part } from '../operations/list-parts.ts'
import type { RecordedUpload } from './upload-journal.ts'

/** A part that the server is said to hold, with what proves that it holds the file's bytes. */
export interface KeptPart {
  readonly partNumber: number
  readonly etag: string
  readonly sha256?: string | undefined
  readonly crc32?: number | undefined
}

/** @returns undefined from a server that does not list its parts */
export async function listHeldParts(
  transport: Transport,
  imageId: string,
  signal: AbortSignal,
): Promise<readonly Part[] | undefined> {
  try {
    return await Array.fromAsync(listParts(transport, imageId, { signal }))
  } catch (error) {
    const isUnknownThere = error instanceof ApiError && [400, 404, 405, 501].includes(error.status)
    if (isUnknownThere || error instanceof ResponseError) return undefined
    throw error
  }
}

/** The part size to go on with, so that what an earlier run sent can be kept. @returns undefined for the default */
export function earlierPartSize(options: {
  readonly held: readonly Part[]
  readonly recorded: RecordedUpload | undefined
  readonly sizeBytes: number | undefined
}): number | undefined {
  const { held, recorded, sizeBytes } = options
  // All parts but the last have one size: the largest one met is it, unless only the last one is there.
  const largest = Math.max(0, ...held.map((part) => part.sizeBytes))
  const candidates = recorded ? [recorded.plan.partSizeBytes] : [undefined, largest]
  return candidates.find((partSizeBytes) => {
    try {
      // A stream's parts are cut as if it had the largest size that their number allows.
      const plan = planParts({ sizeBytes: sizeBytes ?? limits.minPartSizeBytes, partSizeBytes })
      if (sizeBytes === undefined) return partSizeBytes !== undefined
      return held.every((part) => isAsPlanned(plan, part))
    } catch {
      return false
    }
  })
}

/**
 * The parts that need not be sent again, if the source's bytes prove it: what the server lists, with its digests or else
 * with the journal's checksums for the same ETag; from a server without a list, what the journal says was acknowledged.
 */
export function selectKeptParts(options: {
  readonly partSizeBytes: number
  /** Undefined for a stream. */
  readonly plan: PartPlan | undefined
  readonly held: readonly Part[] | undefined
  readonly recorded: RecordedUpload | undefined
}): ReadonlyMap<number, KeptPart> {
  const { partSizeBytes, plan, held } = options
  const isSamePlan = options.recorded?.plan.partSizeBytes === partSizeBytes
  const recorded = isSamePlan ? options.recorded?.state.confirmed : undefined
  const candidates: KeptPart[] = held
    ? held.filter((part) => (plan ? isAsPlanned(plan, part) : part.sizeBytes <= partSizeBytes))
    : [...(recorded ?? [])]
        .map(([partNumber, part]) => ({ partNumber, ...part }))
        .filter((part) => !plan || part.partNumber <= plan.partCount)
  const kept = new Map<number, KeptPart>()
  for (const { partNumber, etag, sha256 } of candidates) {
    const own = recorded?.get(partNumber)
    const crc32 = own?.etag === etag ? own.crc32 : undefined
    if (sha256 !== undefined || crc32 !== undefined) kept.set(partNumber, { partNumber, etag, sha256, crc32 })
  }
  return kept
}

/** Refuses to go on with parts that nothing can prove: they may be another upload's. */
export function assertProvable(options: {
  readonly image: Image
  readonly held: readonly Part[] | undefined
  readonly ownRecord: RecordedUpload | undefined
}): void {
  const { image, held, ownRecord } = options
  if (held || ownRecord || image.uploadStatus === 'started') return
  throw new UsageError(
    `an unfinished upload holds the name ${image.name} (${image.id}), and the server does not tell its parts: ${remedy(image)}`,
    { code: 'not_resumable' },
  )
}

/** Refuses a plan that could not be completed rightly: a part past its end cannot be taken back. */
export function assertNoneBeyond(options: {
  readonly image: Image
  readonly held: readonly Part[] | undefined
  readonly ownRecord: RecordedUpload | undefined
  readonly plan: PartPlan
}): void {
  const { image, held, ownRecord, plan } = options
  // Without a list, a part that was under way when the last run ended may be there as well.
  const highest = held ? Math.max(0, ...held.map(({ partNumber }) => partNumber)) : (ownRecord?.plan.partCount ?? 0)
  if (highest <= plan.partCount) return
  throw new UsageError(
    `an unfinished upload of a larger image or with smaller parts holds the name ${image.name} (${image.id}): ${remedy(image)}`,
    { code: 'not_resumable' },
  )
}

function remedy({ id }: Image): string {
  return `delete it with "slipway images delete ${id}" or choose another name`
}

function isAsPlanned(plan: PartPlan, { partNumber, sizeBytes }: Part): boolean {
  return partNumber <= plan.partCount && partAt(plan, partNumber).sizeBytes === sizeBytes
}

export function isProven(kept: KeptPart, digest: RangeDigest): boolean {
  return kept.sha256 === undefined ? kept.crc32 === digest.crc32 : kept.sha256 === digest.sha256
}
