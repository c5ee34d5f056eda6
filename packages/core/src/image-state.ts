import type { ErrorCode } from './errors.ts'
import type { UploadStatus } from './schemas/image.ts'

/**
 * The life cycle of an image as a pure function. `started → uploading → completed ⇄ revoked`; `started` and `uploading`
 * may become `failed`; `completed` only when the server's own verification finds other bytes than declared. Soft deletion
 * is orthogonal. Invariants: a public image is completed, a default image is public, a deleted one is not the default.
 */
export interface ImageState {
  readonly uploadStatus: UploadStatus
  /** The declared digest; set by completion and kept from then on. */
  readonly sha256: string | null
  readonly isPublic: boolean
  readonly isDefault: boolean
  readonly isDeleted: boolean
}

export type ImageEvent =
  | { readonly type: 'part_url_issued' }
  | { readonly type: 'completed'; readonly sha256: string }
  | { readonly type: 'expired' }
  | { readonly type: 'verification_failed' }
  | { readonly type: 'revoked' }
  | { readonly type: 'reinstated' }
  | { readonly type: 'published' }
  | { readonly type: 'made_default' }
  /** Another image became the default. */
  | { readonly type: 'default_moved' }
  | { readonly type: 'deleted' }

export type ImageTransition =
  | { readonly ok: true; readonly state: ImageState }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string }

const remedies: Partial<Record<UploadStatus, string>> = {
  failed: 'create a new image',
  revoked: 'reinstate it first',
}

export const initialImageState: ImageState = {
  uploadStatus: 'started',
  sha256: null,
  isPublic: false,
  isDefault: false,
  isDeleted: false,
}

/**
 * @returns the next state, or a refusal with its error code. When the event repeats what already holds, the state is the
 *   very object that was passed, so that a caller can leave the write out.
 */
export function transitionImage(state: ImageState, event: ImageEvent): ImageTransition {
  const { uploadStatus } = state
  if (state.isDeleted) return refuse('image_not_found', 'the image is deleted: create a new one')
  switch (event.type) {
    case 'part_url_issued':
      return isUploadable(state) ? accept(state, { uploadStatus: 'uploading' }) : refuseUpload(state)
    case 'completed':
      return complete(state, event.sha256)
    case 'expired':
      if (uploadStatus === 'failed') return accept(state)
      return isUploadable(state) ? accept(state, { uploadStatus: 'failed' }) : refuseUpload(state)
    case 'verification_failed':
      if (uploadStatus === 'failed') return accept(state)
      return uploadStatus === 'completed'
        ? accept(state, { uploadStatus: 'failed', isPublic: false, isDefault: false })
        : refuseUncompleted(state)
    case 'revoked':
      if (state.isPublic) return refuse('public_image', 'a public image cannot be revoked: delete it to withdraw it')
      if (uploadStatus === 'revoked') return accept(state)
      return uploadStatus === 'completed' ? accept(state, { uploadStatus: 'revoked' }) : refuseUncompleted(state)
    case 'reinstated':
      // A repetition cannot be told from an image that was never revoked, which the API answers with a conflict.
      return uploadStatus === 'revoked'
        ? accept(state, { uploadStatus: 'completed' })
        : refuse(
            'not_revoked',
            `only a revoked image can be reinstated, this one is ${uploadStatus}: check which one you mean`,
          )
    case 'published':
      return uploadStatus === 'completed' ? accept(state, { isPublic: true }) : refuseUncompleted(state)
    case 'made_default':
      return state.isPublic
        ? accept(state, { isDefault: true })
        : refuse('not_public', 'only a public image can be the default: publish it first')
    case 'default_moved':
      return accept(state, { isDefault: false })
    case 'deleted':
      return state.isDefault
        ? refuse('default_image', 'the default image cannot be deleted: make another image the default first')
        : accept(state, { isDeleted: true })
  }
}

/** True while parts may be sent. */
export function isUploadable(state: Pick<ImageState, 'uploadStatus' | 'isDeleted'>): boolean {
  return !state.isDeleted && (state.uploadStatus === 'started' || state.uploadStatus === 'uploading')
}

/** Clients retry `complete`: the same digest again is a success, another one is a conflict. */
function complete(state: ImageState, sha256: string): ImageTransition {
  // A part cannot be sent before its URL was issued, and that ends `started`.
  if (state.uploadStatus === 'started') return refuse('no_parts', 'the image has no parts: send its bytes first')
  if (state.uploadStatus === 'uploading') return accept(state, { uploadStatus: 'completed', sha256 })
  if (state.uploadStatus !== 'completed') return refuseUpload(state)
  if (state.sha256 === sha256) return accept(state)
  return refuse(
    'already_completed',
    `the image is already completed with sha256 ${state.sha256}: create a new image for other bytes`,
  )
}

function accept(state: ImageState, changes: Partial<ImageState> = {}): ImageTransition {
  const isChanged = (Object.keys(changes) as (keyof ImageState)[]).some((key) => changes[key] !== state[key])
  return { ok: true, state: isChanged ? { ...state, ...changes } : state }
}

function refuse(code: ErrorCode, message: string): ImageTransition {
  return { ok: false, code, message }
}

function refuseUpload({ uploadStatus }: ImageState): ImageTransition {
  return refuse('not_uploadable', `the image is ${uploadStatus}, its upload cannot go on: create a new image`)
}

function refuseUncompleted({ uploadStatus }: ImageState): ImageTransition {
  const remedy = remedies[uploadStatus] ?? 'complete it first'
  return refuse('not_completed', `the image must be completed for this, it is ${uploadStatus}: ${remedy}`)
}
