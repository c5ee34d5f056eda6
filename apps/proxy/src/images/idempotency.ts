import { createHash } from 'node:crypto'
import { ApiError } from '../api-error.ts'
import { changedMeanwhile } from '../api-errors.ts'
import { claimIdempotencyKey, findIdempotentAnswer, recordIdempotentAnswer } from '../metadata/idempotency.ts'
import type { Connection, IdempotencyRow } from '../metadata/schema.ts'
import type { Image } from './service.ts'

/** A day: longer than any client retries. */
export const idempotencyLifetimeMs = 86_400_000

export interface IdempotentCreation {
  readonly account: string
  readonly key: string
  /** What was asked for; the same key with anything else is a mistake of the client. */
  readonly request: unknown
  readonly nowMs: number
}

/**
 * What a creation under this key answered before. Holds nothing: another creation may begin under the key at any moment.
 * @throws {ApiError} idempotency_error when the key was used for another request
 */
export async function findEarlierCreation(db: Connection, creation: IdempotentCreation): Promise<Image | undefined> {
  const row = await findIdempotentAnswer(db, creation)
  if (!row || row.created_at_ms <= creation.nowMs - idempotencyLifetimeMs) return undefined
  return answerOf(row, creation)
}

/**
 * What the first creation under this key answered; undefined when this is the first one, which then holds the key until its
 * transaction ends.
 * @throws {ApiError} idempotency_error when the key was used for another request
 */
export async function claimCreation(db: Connection, creation: IdempotentCreation): Promise<Image | undefined> {
  const { account, key, nowMs, request } = creation
  const claim = { account, key, fingerprint: fingerprintOf(request), created_at_ms: nowMs }
  if (await claimIdempotencyKey(db, claim, { createdBeforeMs: nowMs - idempotencyLifetimeMs })) return undefined
  const row = await findIdempotentAnswer(db, creation)
  // It was there a moment ago: maintenance removes expired ones.
  if (!row) throw changedMeanwhile()
  return answerOf(row, creation)
}

function answerOf({ fingerprint, answer }: IdempotencyRow, { request }: IdempotentCreation): Image {
  if (fingerprint === fingerprintOf(request)) return parseImage(answer)
  throw new ApiError({
    code: 'idempotency_error',
    field: 'Idempotency-Key',
    message: 'this Idempotency-Key was used for another request: use a new key for each new request',
  })
}

export async function recordCreation(db: Connection, creation: IdempotentCreation, image: Image): Promise<void> {
  const { account, key } = creation
  await recordIdempotentAnswer(db, { account, key, answer: JSON.stringify(image) })
}

function fingerprintOf(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex')
}

function parseImage(text: string): Image {
  const image = JSON.parse(text)
  return { ...image, createdAt: new Date(image.createdAt), deletedAt: null }
}
