import { createCursorCodec, type ImageId, InvalidValueError } from '@slipway/core'
import { findWorkspace, lookUp } from './find.ts'
import type { OperationRequest } from './operation-request.ts'
import { Refusal, refuse } from './refusal.ts'
import type { Store, StoredImage } from './store.ts'
import { toWireImage } from './wire.ts'

const publicScope = 'sfc:workspace:sfcompute:public'

export async function listImages(request: OperationRequest) {
  const { store, query, prefix } = request
  const rows = selectRows(request).sort((a, b) => b.sequence - a.sequence)
  const page = cut(rows, await placesOf(store, query), { store, limit: limitOf(store, query) })
  const last = page.rows.at(-1)
  const list: Record<string, unknown> = {
    object: 'list',
    data: page.rows.map((image) => listed(store, image)),
    has_more: page.hasMore || store.has('always-has-more'),
    cursor: last ? await encodeCursor(store, last, rows) : null,
  }
  if (store.has('preview-lacks-cursor') && prefix === '/preview/v2') delete list.cursor
  return list
}

function listed(store: Store, image: StoredImage): Record<string, unknown> {
  const wire = toWireImage(store, image)
  if (store.has('lists-less')) delete wire.is_public
  return wire
}

function limitOf(store: Store, query: OperationRequest['query']): number {
  if (store.has('ignores-limit')) return 200
  return store.has('default-limit-20') && !query.isLimitGiven ? 20 : query.limit
}

/** What the caller may see and asked for. */
function selectRows({ store, caller, query }: OperationRequest): StoredImage[] {
  const all = [...store.images.values()]
  const wanted = query.id && idsOf({ store, caller, query } as OperationRequest)
  const isWanted = ({ id }: StoredImage) => !wanted || wanted.includes(id)
  if (query.workspace === publicScope) {
    const isShown = ({ state }: StoredImage) => state.isPublic && !state.isDeleted && !store.has('publishes-silently')
    return all.filter((image) => isWanted(image) && (store.has('lists-all-as-public') || isShown(image)))
  }
  const workspace = query.workspace === undefined ? undefined : scopeOf({ store, caller, query } as OperationRequest)
  const includesDeleted = (query.include_deleted && !store.has('ignores-include-deleted')) || store.has('lists-deleted')
  return all.filter((image) => {
    const isVisible = image.account === caller.account || store.has('leaks-lists')
    const isThere = !workspace || workspace === image.workspace || store.has('ignores-workspace')
    return isWanted(image) && isVisible && isThere && (includesDeleted || !image.state.isDeleted)
  })
}

function scopeOf({ store, caller, query }: OperationRequest) {
  try {
    return findWorkspace(store, caller, query.workspace)
  } catch (error) {
    if (store.has('lists-unknown-workspaces') && error instanceof Refusal && error.status === 404) return {}
    throw error
  }
}

function idsOf({ store, caller, query }: OperationRequest): readonly (string | undefined)[] {
  const refs: readonly string[] = store.has('filters-by-one-id') ? query.id.slice(0, 1) : query.id
  return refs.map((ref) => {
    if (store.has('refuses-legacy-filters') && ref.startsWith('vmi_')) return undefined
    return lookUp(store, caller, ref)?.id
  })
}

interface Places {
  readonly after: number | undefined
  readonly before: number | undefined
}

function cut(
  rows: readonly StoredImage[],
  { after, before }: Places,
  { store, limit }: { store: Store; limit: number },
) {
  if (store.has('pages-by-count') && after !== undefined) {
    const from = rows.slice(after)
    return { rows: from.slice(0, limit), hasMore: from.length > limit }
  }
  if (before !== undefined && !store.has('pages-forward-only')) {
    const earlier = rows.filter(({ sequence }) => sequence > before)
    const nearest = store.has('pages-back-to-first') ? earlier.slice(0, limit) : earlier.slice(-limit)
    return { rows: nearest, hasMore: earlier.length > limit }
  }
  const isLater = ({ sequence }: StoredImage) =>
    after === undefined || sequence < after || (store.has('repeats-a-row') && sequence === after)
  const later = rows.filter(isLater).slice(store.has('skips-a-row') && after !== undefined ? 1 : 0)
  return { rows: later.slice(0, limit), hasMore: later.length > limit }
}

async function encodeCursor(
  store: Store,
  { sequence, id }: StoredImage,
  rows: readonly StoredImage[],
): Promise<string> {
  if (store.has('shows-cursors')) return `imagec_${sequence}-${id}`
  if (store.has('takes-altered-cursors')) return `imagec_${Buffer.from(`${sequence}`.padEnd(40)).toString('base64url')}`
  const createdAtMs = store.has('pages-by-count') ? rows.findIndex((row) => row.id === id) + 1 : sequence
  return await createCursorCodec(store.signingKey).encode({ createdAtMs, id: id as ImageId })
}

async function placesOf(store: Store, query: OperationRequest['query']): Promise<Places> {
  const place = async (field: 'starting_after' | 'ending_before') => {
    const text: string | undefined = query[field]
    if (text === undefined) return undefined
    if (store.has('shows-cursors')) return Number.parseInt(text.slice('imagec_'.length), 10)
    if (store.has('takes-altered-cursors')) {
      return Number.parseInt(Buffer.from(text.slice('imagec_'.length), 'base64url').toString(), 10)
    }
    try {
      return (await createCursorCodec(store.signingKey).decode(text, field)).createdAtMs
    } catch (error) {
      if (error instanceof InvalidValueError) throw refuse(400, 'invalid_cursor', error.message, field)
      throw error
    }
  }
  return { after: await place('starting_after'), before: await place('ending_before') }
}
