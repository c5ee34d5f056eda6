import { limits } from '@slipway/core'
import { ApiError } from '../../api-error.ts'
import { assertCompletable } from '../../images/assert-completable.ts'
import type { ObjectStore, UploadedPart, UploadKey } from './object-store.ts'
import { isMissingUpload, StoreError } from './store-error.ts'

interface AssembleOptions {
  readonly store: Pick<ObjectStore, 'sizeOf' | 'listParts' | 'completeUpload'>
  readonly upload: UploadKey
  /** Throws when so many bytes may not be stored. */
  readonly assertRoomFor: (sizeBytes: number) => Promise<void>
  /** Told just before the store is asked. */
  readonly onBegin?: () => Promise<void>
}

/** The store does not know a part as it was listed a moment ago. */
const partChangedCodes = new Set(['InvalidPart', 'InvalidPartOrder', 'NoSuchPart'])

/**
 * Completes a multipart upload. The object is the only truth: an earlier attempt may have made it and died, another server
 * may make it at this moment, and a store may answer either with NoSuchUpload (as AWS does), with a 500 (Ceph) or with
 * success once more (Swift). So it is looked for first, and again whenever the store refuses.
 * @returns the object's size in bytes, or `'changed'` when parts were replaced meanwhile
 */
export async function assembleObject(options: AssembleOptions): Promise<number | 'changed'> {
  const { store, upload, assertRoomFor, onBegin } = options
  const madeBefore = await store.sizeOf(upload.key)
  if (madeBefore !== undefined) return madeBefore

  const listing = await listAll(store, upload)
  if (listing === 'gone') return (await store.sizeOf(upload.key)) ?? uploadGone()
  assertCompletable(listing)
  const sizeBytes = listing.reduce((sum, part) => sum + part.sizeBytes, 0)
  await assertRoomFor(sizeBytes)
  await onBegin?.()
  try {
    await store.completeUpload(upload, listing)
  } catch (error) {
    const madeMeanwhile = await store.sizeOf(upload.key)
    if (madeMeanwhile !== undefined) return madeMeanwhile
    if (isMissingUpload(error)) return uploadGone()
    return await explainRefusal({ store, upload, error, sent: listing })
  }
  const madeBytes = await store.sizeOf(upload.key)
  // Made of other parts, by another completion: the next attempt takes it as it is.
  return madeBytes === sizeBytes ? sizeBytes : 'changed'
}

async function listAll(
  store: Pick<ObjectStore, 'listParts'>,
  upload: UploadKey,
): Promise<readonly UploadedPart[] | 'gone'> {
  try {
    return (await store.listParts(upload, { afterPartNumber: 0, limit: limits.maxPartCount })).parts
  } catch (error) {
    if (isMissingUpload(error)) return 'gone'
    throw error
  }
}

interface Refusal {
  readonly store: Pick<ObjectStore, 'listParts'>
  readonly upload: UploadKey
  readonly error: unknown
  readonly sent: readonly UploadedPart[]
}

async function explainRefusal({ store, upload, error, sent }: Refusal): Promise<'changed'> {
  const code = error instanceof StoreError ? error.code : ''
  if (code === 'EntityTooSmall') {
    throw new ApiError({
      code: 'part_too_small',
      message: 'the object store wants larger parts (all but the last): send them again with a larger part size',
    })
  }
  if (!partChangedCodes.has(code)) throw error
  const now = await listAll(store, upload)
  const isAsSent =
    now !== 'gone' && now.length === sent.length && now.every(({ etag }, index) => etag === sent[index]?.etag)
  if (!isAsSent) return 'changed'
  const odd = sent.slice(0, -1).find(({ sizeBytes }) => sizeBytes !== sent[0]?.sizeBytes)
  if (!odd) throw error
  // R2 and stores like it.
  throw new ApiError({
    code: 'parts_unequal',
    field: `parts.${odd.partNumber}`,
    message:
      `the object store wants parts of one size (all but the last); part ${odd.partNumber} has ${odd.sizeBytes} bytes, ` +
      `part 1 has ${sent[0]?.sizeBytes}: send it again`,
  })
}

function uploadGone(): never {
  throw new ApiError({
    code: 'not_uploadable',
    message: "the object store no longer has the image's upload, whose time was over: create a new image",
  })
}
