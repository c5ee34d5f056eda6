import { type ImageEvent, transitionImage } from '@slipway/core'
import { issueUrl } from './byte-urls.ts'
import { findImage } from './find.ts'
import type { OperationHandler, OperationRequest } from './operation-request.ts'
import { refuse } from './refusal.ts'
import type { Store, StoredImage } from './store.ts'
import { toWireImage } from './wire.ts'

export function getImage({ store, caller, param }: OperationRequest) {
  return toWireImage(store, findImage(store, caller, param, 'read'))
}

export function getImageDownload({ store, caller, param, origin }: OperationRequest) {
  const image = findImage(store, caller, param, 'read')
  const { uploadStatus, sha256 } = image.state
  const isServed =
    uploadStatus === 'completed' ||
    (uploadStatus === 'revoked' && store.has('serves-revoked')) ||
    (uploadStatus === 'uploading' && store.has('serves-started'))
  if (!isServed) throw refuse(409, 'not_completed', `the image is ${uploadStatus}: complete it first`)
  const firstPart = image.parts.get(1)?.bytes.length
  return {
    ...issueUrl(store, { method: 'GET', imageId: image.id }, origin),
    sha256: store.has('lies-about-sha256') ? '0'.repeat(64) : sha256,
    size: store.has('tells-size-of-one-part') ? firstPart : (image.bytes?.length ?? 0),
  }
}

/** A change by the life cycle of the contract. */
export function change(type: 'revoked' | 'reinstated' | 'published' | 'made_default'): OperationHandler {
  return ({ store, caller, param }) => {
    const image = findImage(store, caller, param, 'write')
    move(store, image, { type })
    if (type === 'made_default' && !store.has('two-defaults')) {
      for (const other of store.images.values()) {
        if (other !== image) other.state = { ...other.state, isDefault: false }
      }
    }
    if (type === 'reinstated' && store.has('reinstates-without-digest')) image.state = { ...image.state, sha256: null }
    return toWireImage(store, image)
  }
}

export function deleteImage({ store, caller, param }: OperationRequest) {
  const image = findImage(store, caller, param, 'write')
  if (store.has('keeps-revoked') && image.state.uploadStatus === 'revoked') throw refuse(409, 'image_in_use', 'in use')
  if (store.has('deletes-default')) image.state = { ...image.state, isDefault: false }
  move(store, image, { type: 'deleted' })
  if (store.has('deletes-hard')) store.images.delete(image.id)
  return { object: 'image', deleted: true, ...(store.has('deletes-silently') ? {} : { name: image.name }) }
}

/** @throws {Refusal} */
function move(store: Store, image: StoredImage, event: ImageEvent): void {
  const moved = transitionImage(image.state, event)
  if (moved.ok) {
    image.state = moved.state
    return
  }
  const { uploadStatus, isPublic } = image.state
  if (event.type === 'revoked' && (isPublic ? store.has('revokes-public') : store.has('revokes-anything'))) {
    image.state = { ...image.state, uploadStatus: 'revoked' }
    return
  }
  if (event.type === 'reinstated' && store.has('reinstates-anything') && uploadStatus === 'completed') return
  if (event.type === 'published' && store.has('publishes-anything')) {
    image.state = { ...image.state, isPublic: true }
    return
  }
  if (event.type === 'made_default' && store.has('private-default')) {
    image.state = { ...image.state, isDefault: true }
    return
  }
  if (store.has('changes-when-refusing')) image.state = { ...image.state, uploadStatus: 'failed' }
  const status = moved.code === 'public_image' || moved.code === 'default_image' ? 403 : 409
  throw refuse(moved.code === 'image_not_found' ? 404 : status, moved.code, moved.message)
}
