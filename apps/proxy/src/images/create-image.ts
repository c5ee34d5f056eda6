import { createImageId, generateName, initialImageState, type WorkspaceRef } from '@slipway/core'
import { changedMeanwhile, nameTaken, workspaceNotFound } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { findImageById, insertImage, type StoredImage } from '../metadata/images.ts'
import type { Connection } from '../metadata/schema.ts'
import { inTransaction } from '../metadata/transaction.ts'
import { requireWorkspace } from '../workspaces/find-workspace.ts'
import { findEarlierCreation, recordCreation } from './idempotency.ts'
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

/** A creation that is repeated under its key answers what the first one did, in the same transaction that would create. */
export async function createImage(context: LocalContext, request: CreateImageRequest): Promise<Image> {
  const { caller, idempotencyKey } = request
  return await inTransaction(context.db, async (transaction) => {
    if (idempotencyKey === undefined) return await createOne(context, transaction, request)
    const { workspace, name = null } = request
    const creation = {
      account: caller.account,
      key: idempotencyKey,
      request: { workspace, name, limit: caller.workspaceId ?? null },
      nowMs: context.now(),
    }
    const earlier = await findEarlierCreation(transaction, creation)
    if (earlier) return earlier
    const image = await createOne(context, transaction, request)
    await recordCreation(transaction, creation, image)
    return image
  })
}

async function createOne(context: LocalContext, db: Connection, request: CreateImageRequest): Promise<Image> {
  const { id: workspaceId, account } = await requireWorkspace(db, {
    caller: request.caller,
    ref: request.workspace,
    isKept: true,
  })
  if (request.name !== undefined) {
    const row = await tryName(context, db, { workspaceId, account, name: request.name })
    if (row) return toImage(row)
    throw nameTaken(request.name, 'image')
  }
  for (let attempt = 1; attempt <= maxNameAttempts; attempt++) {
    const row = await tryName(context, db, { workspaceId, account, name: generateName(context.random) })
    if (row) return toImage(row)
  }
  throw changedMeanwhile()
}

async function tryName(
  { now, random }: LocalContext,
  db: Connection,
  { account, workspaceId, name }: { account: string; workspaceId: string; name: string },
): Promise<StoredImage | undefined> {
  const id = createImageId(random)
  const isInserted = await insertImage(db, { id, account, workspaceId, name, createdAtMs: now() }, initialImageState)
  if (!isInserted) return undefined
  const row = await findImageById(db, id)
  if (!row) throw workspaceNotFound()
  return row
}
