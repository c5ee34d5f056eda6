import { InvalidValueError } from './invalid-value-error.ts'
import { limits } from './limits.ts'

/** One part of a plan: the half-open range `[start, end)` of the image's bytes. */
export interface PlannedPart {
  /** From 1; on the wire it is `part_id`. */
  readonly partNumber: number
  readonly start: number
  readonly end: number
  readonly sizeBytes: number
}

/** How an image of a known size is cut. Parts are computed, never stored: a plan of 10 000 parts is three numbers. */
export interface PartPlan {
  readonly sizeBytes: number
  readonly partSizeBytes: number
  readonly partCount: number
}

export interface PlanPartsOptions {
  /** The image's size in bytes, 1 to 128 GiB. */
  readonly sizeBytes: number
  /** Bytes a part, 5 MiB to 5 GiB. Default: see {@link defaultPartSizeBytes}. */
  readonly partSizeBytes?: number | undefined
}

const MiB = 1024 * 1024

/**
 * A retry costs a part and every part costs two round trips and an fsync: 16 MiB keeps both small. From 32 GiB on, parts
 * grow so that there are at most 2048 (64 MiB at 128 GiB), which keeps part lists short.
 */
const smallestDefaultPartSizeBytes = 16 * MiB
const defaultMaxPartCount = 2048

export function defaultPartSizeBytes(sizeBytes: number): number {
  let partSizeBytes = smallestDefaultPartSizeBytes
  while (Math.ceil(sizeBytes / partSizeBytes) > defaultMaxPartCount) partSizeBytes *= 2
  return partSizeBytes
}

/**
 * Cuts an image into parts that keep every limit: contiguous from 1, all of one size but for the last.
 * @throws {InvalidValueError} when the size or the part size is out of its limits, or the parts would be too many
 */
export function planParts({ sizeBytes, partSizeBytes = defaultPartSizeBytes(sizeBytes) }: PlanPartsOptions): PartPlan {
  assertWithin('size', sizeBytes, 1, limits.maxImageSizeBytes)
  assertWithin('part size', partSizeBytes, limits.minPartSizeBytes, limits.maxPartSizeBytes)
  const partCount = Math.ceil(sizeBytes / partSizeBytes)
  if (partCount > limits.maxPartCount) {
    const least = Math.ceil(sizeBytes / limits.maxPartCount / MiB)
    throw new InvalidValueError({
      field: 'part size',
      value: partSizeBytes,
      expectation: `at least ${least} MiB for an image of ${sizeBytes} bytes, since there can be ${limits.maxPartCount} parts at most`,
    })
  }
  return { sizeBytes, partSizeBytes, partCount }
}

/** @throws {RangeError} when the plan has no such part */
export function partAt({ sizeBytes, partSizeBytes, partCount }: PartPlan, partNumber: number): PlannedPart {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > partCount) {
    throw new RangeError(`part ${partNumber} is not in the plan of ${partCount} parts`)
  }
  const start = (partNumber - 1) * partSizeBytes
  const end = Math.min(start + partSizeBytes, sizeBytes)
  return { partNumber, start, end, sizeBytes: end - start }
}

export function* partsOf(plan: PartPlan): Generator<PlannedPart> {
  for (let partNumber = 1; partNumber <= plan.partCount; partNumber++) yield partAt(plan, partNumber)
}

function assertWithin(field: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return
  const expectation = `a whole number of bytes from ${inWords(min)} to ${inWords(max)}`
  throw new InvalidValueError({ field, value, expectation })
}

function inWords(bytes: number): string {
  if (bytes < MiB) return `${bytes}`
  return `${bytes} (${bytes < 1024 * MiB ? `${bytes / MiB} MiB` : `${bytes / (1024 * MiB)} GiB`})`
}
