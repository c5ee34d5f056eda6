import { createHash } from 'node:crypto'
import { ApiError } from '../api-error.ts'
import { findIdempotentAnswer, recordIdempotentAnswer } from '../metadata/idempotency.ts'
import type { Connection } from '../metadata/schema.ts'
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
 * What the first creation under this key answered, if there was one.
 * @throws {ApiError} idempotency_error when the key was used for another request
 */
export async function findEarlierCreation(db: Connection, creation: IdempotentCreation): Promise<Image | undefined> {
  const row = await findIdempotentAnswer(db, creation)
  if (!row || row.created_at_ms <= creation.nowMs - idempotencyLifetimeMs) return undefined
  if (row.fingerprint === fingerprintOf(creation.request)) return parseImage(row.answer)
  throw new ApiError({
    code: 'idempotency_error',
    field: 'Idempotency-Key',
    message: 'this Idempotency-Key was used for another request: use a new key for each new request',
  })
}

export async function recordCreation(db: Connection, creation: IdempotentCreation, image: Image): Promise<void> {
  const { account, key, request, nowMs } = creation
  const answer = JSON.stringify(image)
  await recordIdempotentAnswer(db, { account, key, fingerprint: fingerprintOf(request), answer, created_at_ms: nowMs })
}

function fingerprintOf(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex')
}

function parseImage(text: string): Image {
  const image = JSON.parse(text)
  return { ...image, createdAt: new Date(image.createdAt), deletedAt: null }
}
