import { createHash } from 'node:crypto'
import { applyEvent } from '../images/change-image.ts'
import { findImageById, type StoredImage, selectImages } from '../metadata/images.ts'
import { listManifest } from '../metadata/parts.ts'
import type { Database } from '../metadata/schema.ts'
import { readImage } from './read-image.ts'

export interface ScrubOptions {
  readonly db: Database
  readonly blobsPath: string
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

async function problemOf(row: StoredImage, { db, blobsPath }: ScrubOptions): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of readImage({ blobsPath, manifest: await listManifest(db, row.id) })) hash.update(chunk)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const sha256 = hash.digest('hex')
  return sha256 === row.sha256 ? undefined : `the bytes have the digest ${sha256}, declared is ${row.sha256}`
}
