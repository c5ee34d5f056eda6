import { InvalidValueError } from './invalid-value-error.ts'
import { type RandomBytes, webRandomBytes } from './random.ts'

/** A canonical image id: `image_` and 1 to 21 characters. Permanent, unlike a resource path. */
export type ImageId = `image_${string}` & { readonly __brand: 'ImageId' }
/** A workspace id: `wksp_` and 1 to 21 characters. Permanent. */
export type WorkspaceId = `wksp_${string}` & { readonly __brand: 'WorkspaceId' }

/** What is accepted wherever an image id is read: the canonical prefix and the legacy `vmi_`. */
export const imageIdPattern = /^(?:image|vmi)_[0-9a-zA-Z_-]{1,21}$/
/** What is written: the canonical prefix only. */
export const canonicalImageIdPattern = /^image_[0-9a-zA-Z_-]{1,21}$/
export const workspaceIdPattern = /^wksp_[0-9a-zA-Z_-]{1,21}$/

const suffixLength = 21
const suffixAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-'

/** True of the canonical and of the legacy form. */
export function isImageId(value: unknown): value is string {
  return typeof value === 'string' && imageIdPattern.test(value)
}

/**
 * Reads an image id of either prefix; what comes out is canonical.
 * @throws {InvalidValueError} when `value` is not an image id
 */
export function parseImageId(value: unknown, field = 'id'): ImageId {
  if (!isImageId(value)) {
    throw new InvalidValueError({ field, value, expectation: 'an image id such as image_k3R-nX9vLm7Qp2Yw5Jd8F' })
  }
  return value.replace(/^vmi_/, 'image_') as ImageId
}

export function createImageId(random: RandomBytes = webRandomBytes): ImageId {
  return `image_${createSuffix(random)}` as ImageId
}

export function isWorkspaceId(value: unknown): value is WorkspaceId {
  return typeof value === 'string' && workspaceIdPattern.test(value)
}

/** @throws {InvalidValueError} when `value` is not a workspace id */
export function parseWorkspaceId(value: unknown, field = 'workspace'): WorkspaceId {
  if (isWorkspaceId(value)) return value
  throw new InvalidValueError({ field, value, expectation: 'a workspace id such as wksp_k3R-nX9vLm7Qp2Yw5Jd8F' })
}

export function createWorkspaceId(random: RandomBytes = webRandomBytes): WorkspaceId {
  return `wksp_${createSuffix(random)}` as WorkspaceId
}

// 64 symbols in 21 places are 126 random bits; a byte modulo 64 is unbiased.
function createSuffix(random: RandomBytes): string {
  return Array.from(random(suffixLength), (byte) => suffixAlphabet.charAt(byte % suffixAlphabet.length)).join('')
}
