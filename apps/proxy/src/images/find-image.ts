import type { ImageRef } from '@slipway/core'
import { imageNotFound } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { findImageById, findImageByName, type StoredImage } from '../metadata/images.ts'
import type { Connection } from '../metadata/schema.ts'
import { defaultWorkspaceName } from '../workspaces/default-workspace.ts'

interface FindImageOptions {
  readonly caller: Caller
  readonly ref: ImageRef
}

/**
 * The image that a caller may read: its own account's, or a public one. Anybody else's is not there, rather than forbidden,
 * so that nobody learns which images exist.
 * @throws {ApiError} image_not_found
 */
export async function requireReadableImage(db: Connection, options: FindImageOptions): Promise<StoredImage> {
  const row = await findImage(db, options)
  if (!row || row.deleted_at_ms !== null) throw imageNotFound()
  if (row.is_public === 1 || isOwn(row, options.caller)) return row
  throw imageNotFound()
}

/**
 * The image that a caller may change: its own account's.
 * @throws {ApiError} image_not_found
 */
export async function requireOwnImage(db: Connection, options: FindImageOptions): Promise<StoredImage> {
  const row = await findImage(db, options)
  if (!row || row.deleted_at_ms !== null || !isOwn(row, options.caller)) throw imageNotFound()
  return row
}

/** What a reference names, whoever asks: the caller's account only decides what a bare name means. */
export function findImage(db: Connection, { caller, ref }: FindImageOptions): Promise<StoredImage | undefined> {
  if (ref.kind === 'id') return findImageById(db, ref.id)
  if (ref.kind === 'path') return findImageByName(db, ref.path)
  return findImageByName(db, { account: caller.account, workspace: defaultWorkspaceName, name: ref.name })
}

export function isOwn(row: StoredImage, { account, workspaceId }: Caller): boolean {
  return row.account === account && (workspaceId === undefined || row.workspace_id === workspaceId)
}
