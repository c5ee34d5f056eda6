import { parseImageRef, parseWorkspaceRef } from '@slipway/core'
import { refuse } from './refusal.ts'
import type { Caller, Store, StoredImage, StoredWorkspace } from './store.ts'

/** Reads `{id}` as it stands in the path. @throws {Refusal} 400 or 404 */
export function findImage(store: Store, caller: Caller, raw: string, access: 'read' | 'write'): StoredImage {
  const notFound = refuse(404, 'image_not_found', 'there is no such image: check the id', 'id')
  const image = lookUp(store, caller, decode(store, raw))
  if (!image) throw store.has('answers-400-for-unknown') ? refuse(400, 'invalid_format', 'unknown', 'id') : notFound
  if (image.state.isDeleted && !store.has('serves-deleted')) throw notFound
  const isOwn = image.account === caller.account
  if (isOwn) return image
  if (access === 'read' && image.state.isPublic && !store.has('hides-public')) return image
  if (store.has('tells-what-exists')) throw refuse(403, 'forbidden', 'not yours')
  const isLeak = raw.startsWith('sfc') ? store.has('leaks-by-path') : store.has('leaks-images')
  if (isLeak && access === 'read') return image
  if (store.has('deletes-foreign')) return image
  throw notFound
}

export function lookUp(store: Store, caller: Caller, text: string): StoredImage | undefined {
  const ref = parseReference(store, text)
  const images = [...store.images.values()]
  const live = (image: StoredImage) => !image.state.isDeleted
  if (ref.kind === 'id') return store.images.get(ref.id)
  if (ref.kind === 'name') {
    if (store.has('refuses-bare-names')) return undefined
    const isIn = ({ workspace }: StoredImage) => workspace.name === 'default' || store.has('finds-names-everywhere')
    return images.find(
      (image) => image.account === caller.account && live(image) && image.name === ref.name && isIn(image),
    )
  }
  if (store.has('refuses-paths')) return undefined
  return images.find((image) => {
    const workspaces = store.has('old-paths-work')
      ? [image.workspace.name, image.firstWorkspaceName]
      : [store.has('paths-stay') ? image.firstWorkspaceName : image.workspace.name]
    const { account, workspace, name } = ref.path
    return live(image) && image.account === account && workspaces.includes(workspace) && image.name === name
  })
}

/** @throws {Refusal} 400 */
function parseReference(store: Store, text: string) {
  try {
    return parseImageRef(lenient(store, text))
  } catch {
    const status = store.has('answers-404-for-malformed') ? 404 : 400
    throw refuse(status, 'invalid_format', 'id must be an image id, a path or a name', 'id')
  }
}

function lenient(store: Store, text: string): string {
  if (store.has('refuses-legacy-ids') && text.startsWith('vmi_')) return 'image_unknown'
  if (store.has('matches-ids-inside')) return /image_[0-9a-zA-Z_-]{21}/.exec(text)?.[0] ?? text
  if (store.has('trims-references')) return text.trim()
  if (store.has('cuts-long-ids') && text.startsWith('image_')) return text.slice(0, 27)
  if (store.has('ignores-fourth-segment') && text.startsWith('sfc:')) return text.split(':').slice(0, 5).join(':')
  if (store.has('ignores-id-case')) return text.replace(/^image_/i, 'image_')
  return text
}

function decode(store: Store, raw: string): string {
  if (store.has('refuses-encoded-colons') && /%3a/i.test(raw)) return raw
  try {
    return decodeURIComponent(raw)
  } catch {
    throw refuse(400, 'invalid_format', 'the path is not well encoded', 'id')
  }
}

/** @throws {Refusal} 400 or 404 */
export function findWorkspace(store: Store, caller: Caller, text: string): StoredWorkspace {
  const notFound = store.has('answers-400-for-workspaces')
    ? refuse(400, 'invalid_format', 'there is no such workspace', 'workspace')
    : refuse(404, 'workspace_not_found', 'there is no such workspace: check it', 'workspace')
  const wanted = store.has('resolves-three-segments') ? text.split(':').slice(0, 4).join(':') : text
  const found = parsedWorkspace(store, wanted)
  const isVisible =
    found && !isGone(store, found) && (found.account === caller.account || store.has('shares-workspaces'))
  if (isVisible) return found
  const own = store.workspaces.find(({ account }) => account === caller.account)
  if (store.has('makes-workspaces-up') && own) return own
  throw notFound
}

function isGone(store: Store, { isDeleted }: StoredWorkspace): boolean {
  return isDeleted && !store.has('keeps-deleted-workspaces')
}

function parsedWorkspace(store: Store, text: string): StoredWorkspace | undefined {
  try {
    const ref = parseWorkspaceRef(text)
    return store.workspaces.find((workspace) =>
      ref.kind === 'id'
        ? workspace.id === ref.id
        : !isGone(store, workspace) && workspace.account === ref.path.account && workspace.name === ref.path.name,
    )
  } catch {
    // Its form was checked before: what is no reference is a path of three or four segments, which resolves nowhere.
    return undefined
  }
}
