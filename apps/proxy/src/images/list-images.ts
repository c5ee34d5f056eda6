import type { ImageCursor, ImageId, ImageRef } from '@slipway/core'
import { InvalidValueError } from '@slipway/core'
import { invalidField } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import { listImagePage } from '../metadata/image-pages.ts'
import type { StoredImage } from '../metadata/images.ts'
import { requireWorkspace } from '../workspaces/find-workspace.ts'
import { findImage } from './find-image.ts'
import { toImage } from './image.ts'
import type { LocalContext } from './local-context.ts'
import type { Image, ListScope, Page } from './service.ts'

interface ListImagesRequest {
  readonly caller: Caller
  readonly scope: ListScope | undefined
  readonly refs: readonly ImageRef[] | undefined
  readonly includeDeleted: boolean
  readonly limit: number
  readonly startingAfter: string | undefined
  readonly endingBefore: string | undefined
}

export async function listImages(context: LocalContext, request: ListImagesRequest): Promise<Page<Image>> {
  if (request.startingAfter !== undefined && request.endingBefore !== undefined) {
    throw invalidField('ending_before', 'starting_after and ending_before exclude each other: send one of them')
  }
  const startingAfter = await decodeCursor(context, 'starting_after', request.startingAfter)
  const endingBefore = await decodeCursor(context, 'ending_before', request.endingBefore)
  const scope = await scopeOf(context, request)
  const ids = request.refs && (await idsOf(context, request.caller, request.refs))
  const { limit } = request
  const includeDeleted = request.includeDeleted && !scope.isPublicOnly
  const page = await listImagePage(context.db, { ...scope, ids, limit, includeDeleted, startingAfter, endingBefore })
  // Where the list goes on in the direction that it was asked for.
  const edge = page.images.at(endingBefore === undefined ? -1 : 0)
  return {
    items: page.images.map(toImage),
    hasMore: page.hasMore,
    cursor: edge ? await context.cursors.encode(cursorOf(edge)) : null,
  }
}

/** Which rows the caller may see at all. */
async function scopeOf({ db }: LocalContext, { caller, scope }: ListImagesRequest) {
  if (scope === 'public') return { isPublicOnly: true }
  const workspace = scope && (await requireWorkspace(db, { caller, ref: scope }))
  return { account: caller.account, workspaceId: workspace?.id ?? caller.workspaceId }
}

/** References that name nothing select nothing; whether the rest may be seen is the page's own condition. */
async function idsOf({ db }: LocalContext, caller: Caller, refs: readonly ImageRef[]): Promise<string[]> {
  const ids = await Promise.all(
    refs.map(async (ref) => (ref.kind === 'id' ? ref.id : (await findImage(db, { caller, ref }))?.id)),
  )
  return ids.filter((id) => id !== undefined)
}

async function decodeCursor(
  { cursors }: LocalContext,
  field: string,
  text: string | undefined,
): Promise<ImageCursor | undefined> {
  if (text === undefined) return undefined
  try {
    return await cursors.decode(text, field)
  } catch (error) {
    if (error instanceof InvalidValueError) throw invalidField(field, error.message, 'invalid_cursor')
    throw error
  }
}

function cursorOf({ created_at_ms, id }: StoredImage): ImageCursor {
  return { createdAtMs: created_at_ms, id: id as ImageId }
}
