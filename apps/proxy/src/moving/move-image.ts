import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { limits } from '@slipway/core'
import type { PartRow } from '../metadata/schema.ts'
import type { ObjectStore, UploadKey } from '../storage/s3/object-store.ts'
import { digestPart, isHeld, type LocalPart, sendPart } from './send-part.ts'

export interface MoveImageOptions {
  readonly store: Pick<
    ObjectStore,
    'createUpload' | 'listUploads' | 'listParts' | 'putPart' | 'completeUpload' | 'sizeOf' | 'remove'
  >
  readonly key: string
  /** The folder that blob keys are below. */
  readonly blobsPath: string
  readonly manifest: readonly PartRow[]
  /** What a completed image must have; null leaves the upload open, for its client to go on with. */
  readonly sha256: string | null
  readonly onSentBytes: (sizeBytes: number) => void
}

/** The stored bytes are not what they were completed as. */
export class DamagedImageError extends Error {
  override readonly name = 'DamagedImageError'
}

/** Each holds a file, a connection and some buffers. */
const concurrency = 4

/**
 * Carries an image's parts into the store, as one object when it is completed. An earlier run may have died at any point:
 * what it made is taken over.
 * @returns the upload's id
 * @throws {DamagedImageError} before anything is completed; {StoreError}
 */
export async function moveImage(options: MoveImageOptions): Promise<string> {
  const { store, key, manifest, sha256 } = options
  const sizeBytes = manifest.reduce((sum, part) => sum + part.size_bytes, 0)
  const upload = await findUpload(options)
  const madeBytes = sha256 === null ? undefined : await store.sizeOf(key)
  // Made by a run that died before it could record it. Its bytes are verified by the target, as all are.
  if (madeBytes === sizeBytes) return upload?.uploadId ?? ''
  if (madeBytes !== undefined) await store.remove(key)

  const target = upload ?? { key, uploadId: await store.createUpload(key) }
  await sendParts(options, target)
  if (sha256 !== null) await completeUpload(options, { upload: target, sizeBytes })
  return target.uploadId
}

async function findUpload({ store, key }: MoveImageOptions): Promise<UploadKey | undefined> {
  let newest: (UploadKey & { readonly initiatedAtMs: number }) | undefined
  for await (const found of store.listUploads(key)) {
    if (found.key === key && found.initiatedAtMs >= (newest?.initiatedAtMs ?? 0)) newest = found
  }
  return newest && { key, uploadId: newest.uploadId }
}

async function sendParts(options: MoveImageOptions, upload: UploadKey): Promise<void> {
  const { store, blobsPath, manifest, sha256, onSentBytes } = options
  const { parts: listed } = await store.listParts(upload, { afterPartNumber: 0, limit: limits.maxPartCount })
  const held = new Map(listed.map((part) => [part.partNumber, part]))
  const whole = createHash('sha256')
  const underway = new Set<Promise<void>>()
  const failures: unknown[] = []
  for (const row of manifest) {
    const part: LocalPart = {
      path: join(blobsPath, row.blob_key),
      partNumber: row.part_number,
      sizeBytes: row.size_bytes,
    }
    const md5 = await digestPart(part, whole).catch((error) => {
      throw new DamagedImageError(error instanceof Error ? error.message : String(error), { cause: error })
    })
    if (isHeld(part, md5, held.get(part.partNumber))) continue
    while (underway.size >= concurrency) await Promise.race(underway)
    if (failures.length > 0) break
    const sending = sendPart({ store, upload, part, md5 })
      .then(() => onSentBytes(part.sizeBytes))
      .catch((error) => void failures.push(error))
      .finally(() => underway.delete(sending))
    underway.add(sending)
  }
  await Promise.all(underway)
  if (failures.length > 0) throw failures[0]
  const computed = whole.digest('hex')
  if (sha256 === null || computed === sha256) return
  throw new DamagedImageError(`its bytes have the digest ${computed}, it was completed with ${sha256}`)
}

async function completeUpload(
  { store, key, manifest }: MoveImageOptions,
  { upload, sizeBytes }: { upload: UploadKey; sizeBytes: number },
): Promise<void> {
  const wanted = new Set(manifest.map(({ part_number }) => part_number))
  const { parts } = await store.listParts(upload, { afterPartNumber: 0, limit: limits.maxPartCount })
  await store.completeUpload(
    upload,
    parts.filter(({ partNumber }) => wanted.has(partNumber)),
  )
  const madeBytes = await store.sizeOf(key)
  if (madeBytes !== sizeBytes) throw new Error(`the store made ${madeBytes} bytes of it, there are ${sizeBytes}`)
}
