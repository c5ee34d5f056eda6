import { type ImageId, isImageId, isWorkspaceId, parseImageId, type WorkspaceId } from './ids.ts'
import { InvalidValueError } from './invalid-value-error.ts'
import { isName, type Name } from './names.ts'
import {
  formatImagePath,
  formatWorkspacePath,
  type ImagePath,
  parseImagePath,
  parseWorkspacePath,
  type WorkspacePath,
} from './resource-path.ts'

/** The three ways to refer to an image. A bare name is looked up in the account's `default` workspace. */
export type ImageRef =
  | { readonly kind: 'id'; readonly id: ImageId }
  | { readonly kind: 'path'; readonly path: ImagePath }
  | { readonly kind: 'name'; readonly name: Name }

/** The two ways to refer to a workspace. */
export type WorkspaceRef =
  | { readonly kind: 'id'; readonly id: WorkspaceId }
  | { readonly kind: 'path'; readonly path: WorkspacePath }

/**
 * Reads an image id (of either prefix), an image resource path or a bare name. What has the form of an id is an id:
 * an image whose name looks like one is reached by its resource path.
 * @throws {InvalidValueError} when `value` is none of them
 */
export function parseImageRef(value: unknown, field = 'id'): ImageRef {
  if (isImageId(value)) return { kind: 'id', id: parseImageId(value, field) }
  if (isName(value)) return { kind: 'name', name: value }
  if (typeof value === 'string' && value.startsWith('sfc:')) return { kind: 'path', path: parseImagePath(value, field) }
  throw new InvalidValueError({
    field,
    value,
    expectation: 'an image id (image_…), a resource path (sfc:image:<account>:<workspace>:<name>) or a name',
  })
}

/** The inverse of {@link parseImageRef}, but for a bare name that has the form of an id: only its path reaches it. */
export function formatImageRef(ref: ImageRef): string {
  if (ref.kind === 'id') return ref.id
  return ref.kind === 'path' ? formatImagePath(ref.path) : ref.name
}

/**
 * Reads a workspace id or a workspace resource path.
 * @throws {InvalidValueError} when `value` is neither
 */
export function parseWorkspaceRef(value: unknown, field = 'workspace'): WorkspaceRef {
  if (isWorkspaceId(value)) return { kind: 'id', id: value }
  if (typeof value === 'string' && value.startsWith('sfc:')) {
    return { kind: 'path', path: parseWorkspacePath(value, field) }
  }
  throw new InvalidValueError({
    field,
    value,
    expectation: 'a workspace id (wksp_…) or a resource path (sfc:workspace:<account>:<name>)',
  })
}

/** The inverse of {@link parseWorkspaceRef}. */
export function formatWorkspaceRef(ref: WorkspaceRef): string {
  return ref.kind === 'id' ? ref.id : formatWorkspacePath(ref.path)
}
