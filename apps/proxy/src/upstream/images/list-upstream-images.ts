import type { ImageRef, ParsedQuery, WireImage } from '@slipway/core'
import { invalidField } from '../../api-errors.ts'
import type { Caller } from '../../auth/authenticate.ts'
import type { Image, ListScope, Page } from '../../images/service.ts'
import { defaultAccountName } from '../../workspaces/default-workspace.ts'
import { toUpstreamRef } from './find-upstream-image.ts'
import { toLocalImage } from './to-local-image.ts'
import type { UpstreamContext } from './upstream-context.ts'

interface ListImagesRequest {
  readonly caller: Caller
  readonly scope: ListScope | undefined
  readonly refs: readonly ImageRef[] | undefined
  readonly includeDeleted: boolean
  readonly limit: number
  readonly startingAfter: string | undefined
  readonly endingBefore: string | undefined
}

type Query = Partial<ParsedQuery<'listImages'>>

const publicScope = 'sfc:workspace:sfcompute:public'
/** What a caller may not see is left out; a page is filled from so many of the upstream's, then it is a short one. */
const maxFetches = 10
const emptyPage: Page<Image> = { items: [], hasMore: false, cursor: null }

export async function listUpstreamImages(context: UpstreamContext, request: ListImagesRequest): Promise<Page<Image>> {
  const { limit, startingAfter, endingBefore } = request
  if (startingAfter !== undefined && endingBefore !== undefined) {
    throw invalidField('ending_before', 'starting_after and ending_before exclude each other: send one of them')
  }
  const query = await queryOf(context, request)
  if (!query) return emptyPage
  let items: Image[] = []
  let cursor: string | null = null
  let edges: Pick<Query, 'starting_after' | 'ending_before'> = {
    ...(startingAfter === undefined ? {} : { starting_after: startingAfter }),
    ...(endingBefore === undefined ? {} : { ending_before: endingBefore }),
  }
  for (let fetch = 1; ; fetch++) {
    // Never more than there is room for, so that the upstream's cursor is where this page ends.
    const page = await context.api.call('listImages', { query: { ...query, ...edges, limit: limit - items.length } })
    const shown = await shownOf(context, request, page.data)
    items = endingBefore === undefined ? [...items, ...shown] : [...shown, ...items]
    // A page that goes backwards ends where its first, nearest piece ended.
    if (endingBefore === undefined || fetch === 1) cursor = page.cursor ?? cursor
    const next = page.cursor
    const isFull = items.length >= limit || !page.has_more || next === null || page.data.length === 0
    if (isFull || fetch === maxFetches || endingBefore !== undefined) {
      return { items, hasMore: page.has_more, cursor }
    }
    edges = { starting_after: next }
  }
}

/** @returns undefined when there can be nothing */
async function queryOf(context: UpstreamContext, request: ListImagesRequest): Promise<Query | undefined> {
  const { caller, scope, refs } = request
  const ids = refs && (await Promise.all(refs.map((ref) => toUpstreamRef(context, { caller, ref }))))
  const known = ids?.filter((id) => id !== undefined)
  const common = { ...(known ? { id: known } : {}) }
  if (scope === 'public') return known?.length === 0 ? undefined : { ...common, workspace: publicScope }
  const workspace = scope && (await context.directory.require({ caller, ref: scope }))
  const workspaceId = workspace?.id ?? caller.workspaceId
  if (caller.account !== defaultAccountName || known?.length === 0) return undefined
  return {
    ...common,
    ...(request.includeDeleted ? { include_deleted: true } : {}),
    ...(workspaceId === undefined ? {} : { workspace: workspaceId }),
  }
}

async function shownOf(
  { directory, policy, bytes }: UpstreamContext,
  { caller, scope }: ListImagesRequest,
  wires: readonly WireImage[],
): Promise<Image[]> {
  const verified = await bytes.verifiedAmong(wires.map(({ id }) => id))
  const shown: Image[] = []
  for (const wire of wires) {
    const workspace = await directory.findById(wire.workspace_id)
    const isOwn = workspace !== undefined && (caller.workspaceId ?? workspace.id) === workspace.id
    if (scope === 'public' ? !wire.is_public : !isOwn) continue
    const image = toLocalImage(wire, { workspace, isVerifiedHere: verified.has(wire.id) })
    if (policy.isVisible(caller, image)) shown.push(image)
  }
  return shown
}
