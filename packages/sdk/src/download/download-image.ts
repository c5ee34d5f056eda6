import { planParts } from '@slipway/core'
import type { Client } from '../client.ts'
import { atPublicBoundary } from '../errors/public-boundary.ts'
import { DestinationError, IntegrityError } from '../errors/slipway-error.ts'
import { acquireLock } from '../journal/lock.ts'
import { getImageDownload } from '../operations/get-image-download.ts'
import { assertConcurrency } from '../transfer/concurrency.ts'
import { assertDestination, commitFile, toDestinationError } from './destination.ts'
import type { DownloadImageOptions, DownloadResult } from './download-options.ts'
import { createDownloadUrl } from './download-url.ts'
import { RangesIgnoredError } from './fetch-range.ts'
import { ObjectChangedError } from './object-changed-error.ts'
import { openPartFile, removePartFile } from './part-file.ts'
import { type TransferRangesOptions, transferRanges } from './transfer-ranges.ts'

/**
 * Downloads an image: ranges are fetched several at a time into a `.part` file beside the destination, blocks of zeros
 * stay holes, and the file gets its name only once its digest is verified. Called again after a failure, a crash or a
 * cancellation, it fetches only what is missing.
 *
 * @throws {DestinationError} when the file exists, or cannot be written; {IntegrityError} when the bytes are not those of
 * the digest; {ApiError}, {NetworkError}, {CancelledError} as for any call
 */
export function downloadImage(client: Client, options: DownloadImageOptions): Promise<DownloadResult> {
  return atPublicBoundary(options.signal, async () => {
    assertConcurrency(options.concurrency)
    planParts({ sizeBytes: 1, partSizeBytes: options.partSizeBytes })
    await assertDestination(options.destination, { overwrite: options.overwrite ?? false })
    const lock = await acquireLock(`${options.destination}.part.lock`).catch((error: unknown) => {
      throw toDestinationError(options.destination, error)
    })
    if ('heldBy' in lock) {
      throw new DestinationError(`process ${lock.heldBy.pid} on ${lock.heldBy.host} is downloading to it already`, {
        code: 'download_locked',
      })
    }
    try {
      return await download(client, options)
    } finally {
      await lock.release()
    }
  })
}

async function download(client: Client, options: DownloadImageOptions): Promise<DownloadResult> {
  const first = await attemptDownload(client, options)
  if (!('startOver' in first)) return first
  options.onEvent?.({ type: 'warning', code: 'started_over', message: `${first.startOver}: starting over` })
  const second = await attemptDownload(client, options)
  if (!('startOver' in second)) return second
  throw new IntegrityError(`${second.startOver}, twice: nothing was kept`, { code: 'digest_mismatch' })
}

/** @returns `startOver`, with the reason, when what an earlier run had left cannot be gone on with */
async function attemptDownload(
  { transport }: Client,
  options: DownloadImageOptions,
): Promise<DownloadResult | { readonly startOver: string }> {
  const { ref, destination, overwrite = false, onEvent, signal = new AbortController().signal } = options
  const startedAtMs = transport.clock.now()
  const url = createDownloadUrl(transport, ref, await getImageDownload(transport, ref, { signal }))
  const { sha256: expected, sizeBytes } = url.download
  const file = await openPartFile(destination, {
    sizeBytes,
    sha256: expected,
    partSizeBytes: options.partSizeBytes,
    onEvent,
  })
  const { reusedBytes } = file
  onEvent?.({ type: 'planned', sizeBytes, sha256: expected, reusedBytes })
  // Without a digest nothing would tell a later run that the image is another one by then.
  let isResumable = expected !== null
  try {
    const { sha256, retryCount } = await transferWholeOrRanges({
      ...options,
      transport,
      url,
      file,
      plan: file.plan,
      signal,
    })
    if (expected !== null && sha256 !== expected) {
      isResumable = false
      const mismatch = `the bytes have sha256 ${sha256}, but the image's is ${expected}`
      if (reusedBytes > 0) return { startOver: mismatch }
      throw new IntegrityError(`${mismatch}: nothing was kept`, { code: 'digest_mismatch' })
    }
    await file.sync()
    await commitFile({ from: file.path, to: destination, overwrite })
    isResumable = false
    onEvent?.({ type: 'completed' })
    const durationMs = transport.clock.now() - startedAtMs
    return { sizeBytes, sha256, isVerified: expected !== null, durationMs, retryCount, reusedBytes }
  } catch (error) {
    if (!(error instanceof ObjectChangedError)) throw error
    isResumable = false
    return { startOver: error.message }
  } finally {
    await file.close()
    if (!isResumable) await removePartFile(destination)
  }
}

/** A server that ignores ranges is asked for the whole in one piece. */
async function transferWholeOrRanges(options: Omit<TransferRangesOptions, 'inOnePiece'>) {
  try {
    return await transferRanges({ ...options, inOnePiece: false })
  } catch (error) {
    if (!(error instanceof RangesIgnoredError)) throw error
    const { sizeBytes } = options.plan
    const plan = { sizeBytes, partSizeBytes: sizeBytes, partCount: 1 }
    return transferRanges({ ...options, plan, inOnePiece: true })
  }
}
