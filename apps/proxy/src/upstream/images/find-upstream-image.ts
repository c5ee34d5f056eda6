import { formatImagePath, formatImageRef, type ImageRef, type Name, type WireImage } from '@slipway/core'
import { imageNotFound } from '../../api-errors.ts'
import type { Caller } from '../../auth/authenticate.ts'
import type { Image } from '../../images/service.ts'
import { defaultAccountName, defaultWorkspaceName } from '../../workspaces/default-workspace.ts'
import { isOutage } from '../transport/upstream-error.ts'
import type { ImageFact } from './image-facts.ts'
import { toLocalImage } from './to-local-image.ts'
import type { UpstreamContext } from './upstream-context.ts'

interface FindOptions {
  readonly caller: Caller
  readonly ref: ImageRef
}

type Access = 'read' | 'change'

/**
 * Asks the upstream for the image, and whether the caller may read it.
 * @throws {ApiError} image_not_found, outside_policy, or what the upstream answers
 */
export async function getUpstreamImage(context: UpstreamContext, options: FindOptions): Promise<Image> {
  const wire = await fetchImage(context, options)
  const workspace = await assertAccess(context, { ...options, fact: factOf(wire), access: 'read' })
  const verified = wire.sha256 === null ? undefined : await context.bytes.verifiedAmong([wire.id])
  return toLocalImage(wire, { workspace, isVerifiedHere: verified?.has(wire.id) ?? false })
}

/**
 * Which image a reference names, if the caller may do this to it. Answered from memory for a moment.
 * @throws {ApiError} image_not_found, outside_policy, or what the upstream answers
 */
export async function resolveImage(
  context: UpstreamContext,
  { caller, ref, access }: FindOptions & { readonly access: Access },
): Promise<ImageFact> {
  const known = ref.kind === 'id' ? context.facts.get(ref.id) : undefined
  const fact = known ?? (await askForFact(context, { caller, ref, access }))
  await assertAccess(context, { caller, fact, access })
  return fact
}

/** While the upstream does not answer, what it said last decides who may read; nobody changes anything then. */
async function askForFact(
  context: UpstreamContext,
  { caller, ref, access }: FindOptions & { readonly access: Access },
): Promise<ImageFact> {
  try {
    return factOf(await fetchImage(context, { caller, ref }))
  } catch (error) {
    if (access === 'change' || !isOutage(error)) throw error
    const upstreamRef = await toUpstreamRef(context, { caller, ref })
    const stale = upstreamRef === undefined ? undefined : context.facts.getStale(upstreamRef)
    if (!stale) throw error
    return stale
  }
}

/** @returns the reference as the upstream understands it; undefined for what cannot be there */
export async function toUpstreamRef(
  { directory }: Pick<UpstreamContext, 'directory'>,
  { caller, ref }: FindOptions,
): Promise<string | undefined> {
  if (ref.kind === 'id') return ref.id
  const path =
    ref.kind === 'path' ? ref.path : { account: caller.account, workspace: defaultWorkspaceName, name: ref.name }
  // Another account's: only what is public there will be shown.
  if (path.account !== defaultAccountName) return ref.kind === 'path' ? formatImageRef(ref) : undefined
  const workspace = await directory.findByName(path.workspace)
  if (!workspace) return undefined
  const { upstreamAccount, upstreamName } = workspace
  return formatImagePath({ account: upstreamAccount as Name, workspace: upstreamName as Name, name: path.name as Name })
}

async function fetchImage(context: UpstreamContext, options: FindOptions): Promise<WireImage> {
  const id = await toUpstreamRef(context, options)
  if (id === undefined) throw imageNotFound()
  const wire = await context.api.call('getImage', { params: { id } })
  context.facts.note(wire)
  return wire
}

interface AccessOptions {
  readonly caller: Caller
  readonly fact: Pick<ImageFact, 'workspaceId' | 'name' | 'isPublic' | 'workspace'>
  readonly access: Access
}

/** @returns the workspace, when it is one of this server's */
export async function assertAccess({ directory, policy }: UpstreamContext, { caller, fact, access }: AccessOptions) {
  const workspace = await directory.findById(fact.workspaceId)
  const isOwn =
    workspace !== undefined &&
    caller.account === defaultAccountName &&
    (caller.workspaceId ?? workspace.id) === workspace.id
  // As on a server of its own: what is not the caller's is not there, rather than forbidden.
  if (!isOwn && !(access === 'read' && fact.isPublic)) throw imageNotFound()
  policy.assertWorkspace(caller, workspace?.name ?? fact.workspace)
  policy.assertName(caller, fact.name)
  return workspace
}

function factOf(wire: WireImage): ImageFact {
  const { id, workspace_id, name, owner, workspace, is_public } = wire
  return { id, workspaceId: workspace_id, name, owner, workspace, isPublic: is_public }
}
