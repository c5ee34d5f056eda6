import { createHash } from 'node:crypto'
import type { WorkspaceRef } from '@slipway/core'
import type { Caller } from '../../auth/authenticate.ts'
import { claimCreation, findEarlierCreation, recordCreation } from '../../images/idempotency.ts'
import type { Image } from '../../images/service.ts'
import { inTransaction } from '../../metadata/transaction.ts'
import { completeCreatedWire, toLocalImage } from './to-local-image.ts'
import type { UpstreamContext } from './upstream-context.ts'

interface CreateImageRequest {
  readonly caller: Caller
  readonly workspace: WorkspaceRef
  readonly name: string | undefined
  readonly idempotencyKey: string | undefined
}

/** Creations under way, by key: a repetition that comes meanwhile waits for the first one's answer. */
export type CreationLocks = Map<string, Promise<unknown>>

export async function createUpstreamImage(context: UpstreamContext, request: CreateImageRequest): Promise<Image> {
  const { caller, idempotencyKey } = request
  if (idempotencyKey === undefined) return await createOne(context, request, {})
  const lock = `${caller.account} ${idempotencyKey}`
  const before = context.creations.get(lock) ?? Promise.resolve()
  const creating = before.then(() => createOnce(context, request, idempotencyKey))
  const settled = creating.catch(() => undefined)
  context.creations.set(lock, settled)
  try {
    return await creating
  } finally {
    if (context.creations.get(lock) === settled) context.creations.delete(lock)
  }
}

/** No transaction spans the upstream's answer: it would hold up every other writer. */
async function createOnce(context: UpstreamContext, request: CreateImageRequest, key: string): Promise<Image> {
  const { caller, workspace, name = null } = request
  const creation = {
    account: caller.account,
    key,
    request: { workspace, name, limit: caller.workspaceId ?? null },
    nowMs: context.now(),
  }
  const earlier = await findEarlierCreation(context.db, creation)
  if (earlier) return earlier
  // An upstream that knows keys, too, holds even when this server stops before it has recorded the answer.
  const isKnownThere = (await context.features.get())?.idempotency_key === true
  const upstreamKey = createHash('sha256').update(`${caller.account}\n${key}`).digest('hex')
  const image = await createOne(context, request, isKnownThere ? { 'idempotency-key': upstreamKey } : {})
  // A replica that was asked at the same time may have recorded its own answer first, which then holds.
  return await inTransaction(context.db, async (transaction) => {
    const recorded = await claimCreation(transaction, creation)
    if (recorded) return recorded
    await recordCreation(transaction, creation, image)
    return image
  })
}

async function createOne(
  { api, directory, policy, facts }: UpstreamContext,
  { caller, workspace: ref, name }: CreateImageRequest,
  headers: Readonly<Record<string, string>>,
): Promise<Image> {
  const workspace = await directory.require({ caller, ref })
  policy.assertName(caller, name)
  const wire = await api.call('createImage', { body: { workspace: workspace.id, name }, headers })
  const complete = completeCreatedWire(wire, { workspaceId: workspace.id })
  facts.note(complete)
  return toLocalImage(complete, { workspace, isVerifiedHere: false })
}
