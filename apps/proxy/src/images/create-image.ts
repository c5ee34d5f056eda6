import {
  createImageId,
  generateName,
  type ImageId,
  initialImageState,
  type RandomBytes,
  type WorkspaceRef,
} from '@slipway/core'
import { changedMeanwhile, nameTaken, workspaceNotFound } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { findImageById, insertImage, type StoredImage } from '../metadata/images.ts'
import type { Connection } from '../metadata/schema.ts'
import { CommitUnknownError, inTransaction } from '../metadata/transaction.ts'
import { requireWorkspace } from '../workspaces/find-workspace.ts'
import { assertNameFree } from './assert-name-free.ts'
import { claimCreation, findEarlierCreation, recordCreation } from './idempotency.ts'
import { toImage } from './image.ts'
import type { LocalContext } from './local-context.ts'
import type { Image } from './service.ts'

/** Names carry 36^6 suffixes for each pair of words: a second collision in a row is next to impossible. */
const maxNameAttempts = 8

interface CreateImageRequest {
  readonly caller: Caller
  readonly workspace: WorkspaceRef
  readonly name: string | undefined
  readonly idempotencyKey: string | undefined
}

/** What is decided before the row is written. */
interface Draft {
  readonly id: ImageId
  readonly uploadId: string | undefined
  readonly random: RandomBytes
  readonly nowMs: number
}

/**
 * Creates an image. Where the storage needs an upload of its own it is begun first, outside any transaction: a creation
 * that is refused afterwards takes it back, and what a crash leaves is swept.
 */
export async function createImage(context: LocalContext, request: CreateImageRequest): Promise<Image> {
  const { bytes, random } = context
  const id = createImageId(random)
  if (!bytes.begin)
    return await recordImage(context, request, { id, uploadId: undefined, random, nowMs: context.now() })

  // What is going to be refused, or was answered already, need not trouble the storage.
  const creation = idempotentCreationOf(request, context.now())
  const earlier = creation && (await findEarlierCreation(context.db, creation))
  if (earlier) return earlier
  // Under a key, only the transaction tells a name that is taken from a creation that is being repeated.
  if (!creation) await assertNameFree(context.db, request)
  const uploadId = await bytes.begin(id)
  try {
    const image = await recordImage(context, request, { id, uploadId, random, nowMs: context.now() })
    if (image.id !== id) await bytes.discard?.(id, uploadId)
    return image
  } catch (error) {
    // What may have been recorded keeps its upload: if it was not, the sweep finds it.
    if (!(error instanceof CommitUnknownError)) await bytes.discard?.(id, uploadId)
    throw error
  }
}

/** A creation that is repeated under its key answers what the first one did, in the same transaction that would create. */
async function recordImage({ db }: LocalContext, request: CreateImageRequest, draft: Draft): Promise<Image> {
  const { nowMs } = draft
  return await inTransaction(db, async (transaction) => {
    const creation = idempotentCreationOf(request, nowMs)
    const earlier = creation && (await claimCreation(transaction, creation))
    if (earlier) return earlier
    const image = await createOne(transaction, request, draft)
    if (creation) await recordCreation(transaction, creation, image)
    return image
  })
}

function idempotentCreationOf({ caller, workspace, name, idempotencyKey }: CreateImageRequest, nowMs: number) {
  if (idempotencyKey === undefined) return undefined
  const request = { workspace, name: name ?? null, limit: caller.workspaceId ?? null }
  return { account: caller.account, key: idempotencyKey, request, nowMs }
}

async function createOne(db: Connection, request: CreateImageRequest, draft: Draft): Promise<Image> {
  const { id: workspaceId, account } = await requireWorkspace(db, {
    caller: request.caller,
    ref: request.workspace,
    isKept: true,
  })
  if (request.name !== undefined) {
    const row = await tryName(db, draft, { workspaceId, account, name: request.name })
    if (row) return toImage(row)
    throw nameTaken(request.name, 'image')
  }
  for (let attempt = 1; attempt <= maxNameAttempts; attempt++) {
    const row = await tryName(db, draft, { workspaceId, account, name: generateName(draft.random) })
    if (row) return toImage(row)
  }
  throw changedMeanwhile()
}

async function tryName(
  db: Connection,
  { id, uploadId, nowMs }: Draft,
  { account, workspaceId, name }: { account: string; workspaceId: string; name: string },
): Promise<StoredImage | undefined> {
  const image = { id, account, workspaceId, name, uploadId, createdAtMs: nowMs }
  if (!(await insertImage(db, image, initialImageState))) return undefined
  const row = await findImageById(db, id)
  if (!row) throw workspaceNotFound()
  return row
}
