import { planParts } from '@slipway/core'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { assertUploadable } from '../inspect/assert-uploadable.ts'
import { usageFailure } from '../values/usage-failure.ts'
import type { UploadSource } from './open-upload-source.ts'

/** The SDK's limit. */
const maxConcurrency = 16

export interface ReplacementOptions {
  readonly source: UploadSource
  readonly partSizeBytes: number | undefined
  readonly concurrency: number | undefined
}

/** Everything that the SDK would refuse before it creates an image: found here before one is deleted. */
export async function assertCanReplace({ source, partSizeBytes, concurrency }: ReplacementOptions): Promise<void> {
  const { input, label, isEmpty, inspection } = source
  if (isEmpty) throw new CommandFailure(`${label} is empty`, { exitCode: exitCodes.localFile })
  if (typeof input === 'string') await assertUploadable(input)
  if (concurrency !== undefined && concurrency > maxConcurrency) {
    throw usageFailure(`--concurrency must be 1 to ${maxConcurrency}, not ${concurrency}`)
  }
  if (partSizeBytes === undefined) return
  try {
    planParts({ sizeBytes: inspection?.sizeBytes ?? 1, partSizeBytes })
  } catch (error) {
    throw usageFailure(`--part-size: ${(error as Error).message}`)
  }
}
