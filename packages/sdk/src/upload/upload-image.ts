import { defaultPartSizeBytes, type PartPlan, parseName, parseWorkspaceRef, planParts } from '@slipway/core'
import type { Client } from '../client.ts'
import { atPublicBoundary } from '../errors/public-boundary.ts'
import type { ImageSource } from '../source/image-source.ts'
import { openSource } from '../source/open-source.ts'
import { assertConcurrency } from '../transfer/concurrency.ts'
import { completeUpload } from './complete-upload.ts'
import { findFinished } from './find-finished.ts'
import { assertNoneBeyond, assertProvable, earlierPartSize, listHeldParts, selectKeptParts } from './kept-parts.ts'
import { resolveTarget } from './resolve-target.ts'
import { transferParts } from './transfer-parts.ts'
import { claimUpload, type UploadClaim } from './upload-claim.ts'
import type { UploadImageOptions, UploadResult } from './upload-options.ts'

/**
 * Uploads a disk image in one pass: parts are streamed several at a time while the bytes are hashed beside them, and the
 * upload is completed with the digest. Memory stays bounded whatever the size. Called again after a failure, a crash or a
 * cancellation, it sends only what the server does not hold.
 *
 * @throws {SourceError} before anything is created, when the source cannot be uploaded; later, when it changed meanwhile
 * @throws {UsageError} for an option that cannot be right, {ApiError} with the server's own words, {NetworkError} when the
 * retries are used up, {IntegrityError} when the server holds other bytes, {OutcomeUnknownError} when the answer to the
 * completion was lost for good, {UploadLockedError} when another process is at it, {CancelledError} on abort
 */
export function uploadImage(client: Client, options: UploadImageOptions): Promise<UploadResult> {
  const { signal = new AbortController().signal } = options
  return atPublicBoundary(signal, async () => {
    assertOptions(options)
    const source = await openSource(options.source, { spoolDirectory: options.spoolDirectory, signal })
    try {
      planKnown(source, options.partSizeBytes)
      const claim = await claimUpload(client.transport, source, options)
      try {
        return await uploadSource(client, source, claim, { ...options, signal })
      } finally {
        await claim.release()
      }
    } finally {
      await source.close()
    }
  })
}

function assertOptions({ name, workspace, concurrency, partSizeBytes }: UploadImageOptions): void {
  if (name !== undefined) parseName(name)
  if (workspace !== undefined) parseWorkspaceRef(workspace)
  if (partSizeBytes !== undefined) planParts({ sizeBytes: 1, partSizeBytes })
  assertConcurrency(concurrency)
}

async function uploadSource(
  { transport }: Client,
  source: ImageSource,
  claim: UploadClaim,
  options: UploadImageOptions & { readonly signal: AbortSignal },
): Promise<UploadResult> {
  const { onEvent, resume = true, signal } = options
  const startedAtMs = transport.clock.now()
  const recorded = resume ? claim.recorded : undefined

  const finished = await findFinished({ transport, source, recorded, signal })
  if (finished) {
    await claim.forget()
    onEvent?.({ type: 'completed', image: finished.image })
    return { ...finished, durationMs: transport.clock.now() - startedAtMs }
  }

  const target = await resolveTarget({ ...options, transport, resume, recordedImageId: recorded?.imageId, signal })
  const { image, isResumed } = target
  const ownRecord = recorded?.imageId === image.id ? recorded : undefined
  const held = isResumed ? await listHeldParts(transport, image.id, signal) : undefined
  if (isResumed) assertProvable({ image, held, ownRecord })
  const { sizeBytes } = source
  const partSizeBytes =
    options.partSizeBytes ??
    earlierPartSize({ held: held ?? [], recorded: ownRecord, sizeBytes }) ??
    defaultPartSizeBytes(sizeBytes ?? 1)
  const plan = planKnown(source, partSizeBytes)
  if (plan) assertNoneBeyond({ image, held, ownRecord, plan })
  const kept = selectKeptParts({ partSizeBytes, plan, held, recorded: ownRecord })
  onEvent?.({ type: 'planned', image, plan, isResumed })

  const journal = plan && (await claim.openJournal({ imageId: image.id, plan }))
  try {
    const transferred = await transferParts({
      ...options,
      transport,
      source,
      imageId: image.id,
      partSizeBytes,
      kept,
      journal,
      onPlan: (known) => assertNoneBeyond({ image, held, ownRecord, plan: known }),
      signal,
    })
    await source.assertUnchanged()
    const { sha256 } = transferred
    await journal?.append({ type: 'completing', sha256 })
    onEvent?.({ type: 'completing', sha256 })
    const completed = await completeUpload(transport, { image, sha256, signal })
    await claim.forget()
    onEvent?.({ type: 'completed', image: completed })
    return { image: completed, durationMs: transport.clock.now() - startedAtMs, ...transferred }
  } finally {
    await journal?.close()
  }
}

/** @returns undefined for a stream */
function planKnown({ sizeBytes }: ImageSource, partSizeBytes: number | undefined): PartPlan | undefined {
  return sizeBytes === undefined ? undefined : planParts({ sizeBytes, partSizeBytes })
}
