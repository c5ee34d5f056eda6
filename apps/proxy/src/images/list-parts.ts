import { type ImageRef, limits } from '@slipway/core'
import { invalidField } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { requireOwnImage } from './find-image.ts'
import type { LocalContext } from './local-context.ts'
import type { Page, Part } from './service.ts'

interface ListPartsRequest {
  readonly caller: Caller
  readonly ref: ImageRef
  readonly limit: number
  readonly startingAfter: string | undefined
}

/** In order of part number; the cursor is the last part's number. */
export async function listParts(
  { db, bytes }: LocalContext,
  { caller, ref, limit, startingAfter }: ListPartsRequest,
): Promise<Page<Part>> {
  const afterPartNumber = parsePartCursor(startingAfter)
  const image = await requireOwnImage(db, { caller, ref })
  const { parts: items, hasMore } = await bytes.listParts(image, { afterPartNumber, limit })
  const last = items.at(-1)
  return { items, hasMore, cursor: last ? String(last.partNumber) : null }
}

function parsePartCursor(text: string | undefined): number {
  if (text === undefined) return 0
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (partNumber <= limits.maxPartCount) return partNumber
  throw invalidField('starting_after', 'starting_after must be the cursor of an earlier page', 'invalid_cursor')
}
