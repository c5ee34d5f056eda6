import { createHash } from 'node:crypto'
import { applyEvent } from '../images/change-image.ts'
import { findImageById, type StoredImage, selectImages } from '../metadata/images.ts'
import type { Database } from '../metadata/schema.ts'
import { isMissingObject, StoreError } from '../storage/s3/store-error.ts'
import type { ImageReader } from './image-reader.ts'

export interface ScrubOptions {
  readonly db: Database
  readonly reader: Pick<ImageReader, 'read'>
  /** Makes a damaged completed image `failed`, so that nobody boots it. */
  readonly marksFailed: boolean
  readonly now: () => number
}

export interface ScrubResult {
  readonly id: string
  readonly path: string
  readonly sizeBytes: number
  /** Undefined: the bytes have the declared digest. */
  readonly problem: string | undefined
}

/** Hashes every completed or revoked image anew, one after another, oldest first. */
export async function* scrub(options: ScrubOptions): AsyncGenerator<ScrubResult> {
  const { db } = options
  const rows = await selectImages(db)
    .where('images.upload_status', 'in', ['completed', 'revoked'])
    .where('images.deleted_at_ms', 'is', null)
    .orderBy('images.created_at_ms')
    .execute()
  for (const row of rows) {
    const problem = await problemOf(row, options)
    // Deleted and purged while it was being read: nothing is wrong with what is not there.
    const now = await findImageById(db, row.id)
    if (!now || now.deleted_at_ms !== null) continue
    if (problem !== undefined && options.marksFailed && now.upload_status === 'completed') {
      await applyEvent(db, { row: now, event: { type: 'verification_failed' }, nowMs: options.now() })
    }
    yield { id: row.id, path: `${row.workspace_name}/${row.name}`, sizeBytes: row.size_bytes ?? 0, problem }
  }
}

async function problemOf(row: StoredImage, { reader }: ScrubOptions): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of reader.read(row)) hash.update(chunk)
  } catch (error) {
    // A store that is down says nothing about the image.
    if (error instanceof StoreError && !isMissingObject(error)) throw error
    return error instanceof Error ? error.message : String(error)
  }
  const sha256 = hash.digest('hex')
  return sha256 === row.sha256 ? undefined : `the bytes have the digest ${sha256}, declared is ${row.sha256}`
}
