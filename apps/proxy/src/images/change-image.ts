import { type ImageEvent, type ImageRef, transitionImage } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import { changedMeanwhile, imageNotFound } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { lockAccount } from '../metadata/accounts.ts'
import {
  type CompletionColumns,
  compareAndSetImage,
  findDefaultImage,
  findImageById,
  type StoredImage,
  stateOf,
} from '../metadata/images.ts'
import type { Connection } from '../metadata/schema.ts'
import { inTransaction } from '../metadata/transaction.ts'
import { requireOwnImage } from './find-image.ts'
import { toImage } from './image.ts'
import type { LocalContext } from './local-context.ts'
import type { Image, RequestedEvent } from './service.ts'

/** A lost race is read and decided again; losing this many in a row means something is amiss. */
const maxAttempts = 8

interface ChangeImageRequest {
  readonly caller: Caller
  readonly ref: ImageRef
  readonly event: RequestedEvent
}

export async function changeImage({ db, bytes, now }: LocalContext, request: ChangeImageRequest): Promise<Image> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const changed = await inTransaction(db, async (transaction) => {
      const isDefaulting = request.event.type === 'made_default'
      // Before anything is read: those who set a default at the same time take turns.
      if (isDefaulting) await lockAccount(transaction, request.caller.account)
      const row = await requireOwnImage(transaction, request)
      const isFree = !isDefaulting || (await moveDefaultAway(transaction, row, now()))
      if (!isFree) return undefined
      return await applyEvent(transaction, { row, event: request.event, nowMs: now() })
    })
    if (!changed) continue
    if (request.event.type === 'deleted') bytes.forget(changed.id)
    return toImage(changed)
  }
  throw changedMeanwhile()
}

interface ApplyEventOptions {
  readonly row: StoredImage
  readonly event: ImageEvent
  readonly nowMs: number
  readonly completion?: CompletionColumns
  /** For events that make the image fail. */
  readonly failureReason?: string
}

/**
 * The only way by which an image changes its state: the life cycle decides, compare-and-set records.
 * @returns the changed row, or undefined when somebody else changed it first
 * @throws {ApiError} what the life cycle refuses
 */
export async function applyEvent(
  db: Connection,
  { row, event, nowMs, completion, failureReason }: ApplyEventOptions,
): Promise<StoredImage | undefined> {
  const from = stateOf(row)
  const transition = transitionImage(from, event)
  if (!transition.ok) {
    throw transition.code === 'image_not_found'
      ? imageNotFound()
      : new ApiError({ code: transition.code, message: transition.message })
  }
  if (isSame(from, transition.state)) return row
  const change = { from: row, to: transition.state, nowMs, completion, failureReason }
  if (!(await compareAndSetImage(db, change))) return undefined
  return await findImageById(db, row.id)
}

/** @returns false when the previous one changed meanwhile */
async function moveDefaultAway(db: Connection, next: StoredImage, nowMs: number): Promise<boolean> {
  const previous = await findDefaultImage(db, next.account)
  if (!previous || previous.id === next.id) return true
  return (await applyEvent(db, { row: previous, event: { type: 'default_moved' }, nowMs })) !== undefined
}

function isSame<State extends object>(a: State, b: State): boolean {
  return (Object.keys(a) as (keyof State)[]).every((key) => a[key] === b[key])
}
