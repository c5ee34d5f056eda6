import { setTimeout as sleep } from 'node:timers/promises'
import { createImageId, generateName, initialImageState, transitionImage } from '@slipway/core'
import { issueUrl } from './byte-urls.ts'
import { findImage, findWorkspace } from './find.ts'
import { assemble, assertCompletable } from './image-bytes.ts'
import type { OperationRequest } from './operation-request.ts'
import { refuse } from './refusal.ts'
import { digestOf, type Store, type StoredImage, type StoredWorkspace } from './store.ts'
import { toWireImage } from './wire.ts'

export async function createImage({ store, caller, body, idempotencyKey }: OperationRequest) {
  const request = JSON.stringify(body)
  const earlier = idempotencyKey === undefined ? undefined : store.creations.get(idempotencyKey)
  if (earlier && !store.has('repeats-creations')) {
    if (earlier.request !== request && !store.has('keys-without-request')) {
      throw refuse(409, 'idempotency_error', 'the key was used for another request: take another key')
    }
    return toWireImage(store, earlier.image)
  }
  const workspace = findWorkspace(store, caller, body.workspace)
  const name = nameFor(store, body.name)
  const isTaken = isNameTaken(store, workspace, name)
  if (store.has('races-for-names')) await sleep(20)
  if (isTaken) throw refuse(409, 'name_taken', `the name ${name} is taken: choose another one`, 'name')
  const image: StoredImage = {
    id: createImageId(),
    account: caller.account,
    workspace,
    name,
    sequence: store.nextNumber(),
    createdAtMs: Date.now(),
    firstWorkspaceName: workspace.name,
    parts: new Map(),
    issuedPartNumbers: new Set(),
    state: initialImageState,
    bytes: undefined,
  }
  store.images.set(image.id, image)
  if (idempotencyKey !== undefined) store.creations.set(idempotencyKey, { request, image })
  return toWireImage(store, image)
}

function nameFor(store: Store, asked: string | null | undefined): string {
  if (asked === undefined || asked === null || store.has('forgets-names')) {
    if (store.has('repeats-names')) return 'able-anchor-000000'
    return store.has('names-by-id') ? createImageId() : generateName()
  }
  return store.has('lowers-names') ? asked.toLowerCase() : asked
}

function isNameTaken(store: Store, workspace: StoredWorkspace, name: string): boolean {
  if (store.has('takes-taken-names')) return false
  return [...store.images.values()].some((image) => {
    const { state } = image
    const isHere = image.workspace === workspace || (store.has('shares-names') && image.account === workspace.account)
    const isHeld = !state.isDeleted || store.has('holds-deleted-names')
    const isFreed = store.has('frees-completed-names') && state.uploadStatus === 'completed'
    return isHere && isHeld && !isFreed && image.name === name
  })
}

export async function createPartUrl({ store, caller, param, body, origin }: OperationRequest) {
  const image = findImage(store, caller, param, 'write')
  const { part_id: partNumber, content_length: lengthBytes } = body
  if (store.has('takes-parts-in-order') && partNumber > 1 && !image.parts.has(partNumber - 1)) {
    throw refuse(409, 'not_uploadable', 'send the part before first')
  }
  if (store.has('races-for-part-urls')) await claim(image)
  const moved = transitionImage(image.state, { type: 'part_url_issued' })
  if (!moved.ok && !store.has('gives-late-urls')) throw refuse(409, moved.code, moved.message)
  if (moved.ok) image.state = moved.state
  image.issuedPartNumbers.add(partNumber)
  return issueUrl(store, { method: 'PUT', imageId: image.id, partNumber, lengthBytes }, origin)
}

export function listParts({ store, caller, param, query }: OperationRequest) {
  const image = findImage(store, caller, param, 'write')
  const after = store.has('pages-no-parts') ? 0 : Number(query.starting_after ?? 0)
  const listed = [...image.parts].map(([partNumber, { bytes, etag, arrival }]) => ({
    arrival,
    part: {
      part_id: partNumber,
      size: bytes.length,
      sha256: store.has('lies-about-parts') ? digestOf(Buffer.from('lie')) : digestOf(bytes),
      etag,
    },
  }))
  listed.sort((a, b) =>
    store.has('lists-parts-as-they-came') ? a.arrival - b.arrival : a.part.part_id - b.part.part_id,
  )
  const parts = listed.map(({ part }) => part)
  if (store.has('lists-parts-of-issued-urls')) {
    for (const part_id of image.issuedPartNumbers) {
      if (!image.parts.has(part_id)) parts.push({ part_id, size: 0, sha256: digestOf(Buffer.alloc(0)), etag: '""' })
    }
  }
  const due = parts.filter(({ part_id }) => part_id > after)
  const data = due.slice(0, query.limit)
  const last = data.at(-1)
  return { object: 'list', data, has_more: due.length > data.length, cursor: last ? String(last.part_id) : null }
}

const claimed = new WeakSet<StoredImage>()

export async function completeImage({ store, caller, param, body }: OperationRequest) {
  const image = findImage(store, caller, param, 'write')
  const { uploadStatus } = image.state
  if (uploadStatus === 'started' || uploadStatus === 'uploading') {
    if (store.has('races-to-complete')) await claim(image)
    assertCompletable(store, image)
    const bytes = assemble({ ...store, has: (fault) => fault !== 'flips-a-byte' && store.has(fault) }, image)
    if (digestOf(bytes) !== body.sha256 && !verifiesNothing(store)) {
      if (store.has('loses-parts-at-mismatch')) image.parts.clear()
      throw refuse(400, 'digest_mismatch', 'the bytes have another digest: declare the right one', 'sha256')
    }
    image.bytes = assemble(store, image)
    // The life cycle wants a part first; the fault under test does not.
    if (store.has('accepts-nothing')) image.state = { ...image.state, uploadStatus: 'uploading' }
  }
  if (store.has('completes-once') && uploadStatus === 'completed') throw refuse(409, 'completed', 'already completed')
  if (store.has('completes-anew') && uploadStatus === 'completed') image.state = { ...image.state, sha256: body.sha256 }
  const moved = transitionImage(image.state, { type: 'completed', sha256: body.sha256 })
  if (!moved.ok) {
    if (store.has('changes-when-refusing')) image.state = { ...image.state, uploadStatus: 'failed' }
    throw refuse(409, moved.code, moved.message)
  }
  image.state = moved.state
  return store.has('answers-completion-empty') ? { id: image.id } : toWireImage(store, image)
}

/** These faults change which bytes an image has, or complete without any: the digest must not give them away. */
function verifiesNothing(store: Store): boolean {
  return store.has('verifies-nothing') || store.has('accepts-nothing') || store.has('orders-by-arrival')
}

/** What a server does that holds an image for one request and refuses the others. */
async function claim(image: StoredImage): Promise<void> {
  if (claimed.has(image)) throw refuse(409, 'changed_meanwhile', 'another request has the image')
  claimed.add(image)
  await sleep(20)
  claimed.delete(image)
}
