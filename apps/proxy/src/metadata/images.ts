import type { ImageState } from '@slipway/core'
import { sql } from 'kysely'
import { prepareQuery } from './prepared-query.ts'
import type { Connection, ImageRow } from './schema.ts'

/** An image's row with its workspace's name, which resource paths are made of. */
export interface StoredImage extends ImageRow {
  readonly workspace_name: string
}

export interface NewImage {
  readonly id: string
  readonly account: string
  readonly workspaceId: string
  readonly name: string
  /** The object store's id of its multipart upload, if it has one. */
  readonly uploadId: string | undefined
  readonly createdAtMs: number
}

/** @returns false when a live image of the workspace holds the name */
export async function insertImage(db: Connection, image: NewImage, state: ImageState): Promise<boolean> {
  // Not by catching the violation: PostgreSQL ends the whole transaction at an error.
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('images')
    .values({
      id: image.id,
      account: image.account,
      workspace_id: image.workspaceId,
      name: image.name,
      ...stateColumns(state),
      is_sha256_verified: 0,
      manifest_revision: 0,
      created_at_ms: image.createdAtMs,
      upload_id: image.uploadId ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Every read of images starts here, so that each sees the same columns. */
export function selectImages(db: Connection) {
  return db
    .selectFrom('images')
    .innerJoin('workspaces', 'workspaces.id', 'images.workspace_id')
    .selectAll('images')
    .select('workspaces.name as workspace_name')
}

export const findImageById: (db: Connection, id: string) => Promise<StoredImage | undefined> = prepareQuery((db, id) =>
  selectImages(db).where('images.id', '=', id),
)

/** The live image of that name; deleted and failed ones do not hold theirs. */
export async function findImageByName(
  db: Connection,
  { account, workspace, name }: { account: string; workspace: string; name: string },
): Promise<StoredImage | undefined> {
  return await selectImages(db)
    .where('workspaces.account', '=', account)
    .where('workspaces.name', '=', workspace)
    .where('workspaces.deleted_at_ms', 'is', null)
    .where('images.name', '=', name)
    .where('images.deleted_at_ms', 'is', null)
    .where('images.upload_status', '!=', sql.lit('failed'))
    .executeTakeFirst()
}

export async function findDefaultImage(db: Connection, account: string): Promise<StoredImage | undefined> {
  return await selectImages(db)
    .where('images.account', '=', account)
    .where('is_default', '=', sql.lit(1))
    .executeTakeFirst()
}

/** What a completion records beside the state. */
export interface CompletionColumns {
  readonly size_bytes: number
  readonly is_sha256_verified: number
  readonly completed_at_ms: number
}

/**
 * The only statement that changes a status: it holds when the row is still as it was read, parts included.
 * @returns false when somebody else changed it first
 */
export async function compareAndSetImage(
  db: Connection,
  {
    from,
    to,
    nowMs,
    completion,
    failureReason,
  }: {
    from: ImageRow
    to: ImageState
    nowMs: number
    completion?: CompletionColumns | undefined
    failureReason?: string | undefined
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('images')
    .set({
      ...stateColumns(to),
      ...timesOf(from, to, nowMs),
      ...completion,
      ...(failureReason === undefined ? {} : { failure_reason: failureReason }),
    })
    .where('id', '=', from.id)
    .where('upload_status', '=', from.upload_status)
    .where('is_public', '=', from.is_public)
    .where('is_default', '=', from.is_default)
    .where('manifest_revision', '=', from.manifest_revision)
    .where('deleted_at_ms', from.deleted_at_ms === null ? 'is' : '=', from.deleted_at_ms)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** When the row reached what it is now; what it already was keeps its time. */
function timesOf(from: ImageRow, to: ImageState, nowMs: number) {
  return {
    ...(to.isDeleted && from.deleted_at_ms === null ? { deleted_at_ms: nowMs } : {}),
    ...(to.uploadStatus === 'failed' && from.upload_status !== 'failed' ? { failed_at_ms: nowMs } : {}),
  }
}

export function stateOf(row: ImageRow): ImageState {
  return {
    uploadStatus: row.upload_status,
    sha256: row.sha256,
    isPublic: row.is_public === 1,
    isDefault: row.is_default === 1,
    isDeleted: row.deleted_at_ms !== null,
  }
}

function stateColumns(state: ImageState) {
  return {
    upload_status: state.uploadStatus,
    sha256: state.sha256,
    is_public: state.isPublic ? 1 : 0,
    is_default: state.isDefault ? 1 : 0,
  }
}
