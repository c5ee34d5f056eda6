import { InvalidValueError } from './invalid-value-error.ts'
import { isName, type Name } from './names.ts'

/** `sfc:image:<account>:<workspace>:<name>`, taken apart. */
export interface ImagePath {
  readonly account: Name
  readonly workspace: Name
  readonly name: Name
}

/** `sfc:workspace:<account>:<name>`, taken apart. */
export interface WorkspacePath {
  readonly account: Name
  readonly name: Name
}

// The documented wire patterns, anchored: a match inside a longer string is not a match.
export const imagePathPattern = /^sfc:image:[a-zA-Z0-9._-]+(?::[a-zA-Z0-9._-]+){2}$/
/** Readers tolerate two to four segments, as documented; only two of them can name a workspace. */
export const workspacePathPattern = /^sfc:workspace:[a-zA-Z0-9._-]+(?::[a-zA-Z0-9._-]+){1,3}$/

export function formatImagePath({ account, workspace, name }: ImagePath): string {
  return `sfc:image:${account}:${workspace}:${name}`
}

/** @throws {InvalidValueError} when `value` is not an image resource path */
export function parseImagePath(value: unknown, field = 'id'): ImagePath {
  const [account, workspace, name, ...rest] = segmentsAfter('sfc:image:', value)
  if (isName(account) && isName(workspace) && isName(name) && rest.length === 0) return { account, workspace, name }
  throw new InvalidValueError({
    field,
    value,
    expectation: 'an image resource path: sfc:image:<account>:<workspace>:<name>',
  })
}

export function formatWorkspacePath({ account, name }: WorkspacePath): string {
  return `sfc:workspace:${account}:${name}`
}

/** @throws {InvalidValueError} when `value` is not a workspace resource path of two segments */
export function parseWorkspacePath(value: unknown, field = 'workspace'): WorkspacePath {
  const [account, name, ...rest] = segmentsAfter('sfc:workspace:', value)
  if (isName(account) && isName(name) && rest.length === 0) return { account, name }
  throw new InvalidValueError({
    field,
    value,
    expectation: 'a workspace resource path: sfc:workspace:<account>:<name>',
  })
}

function segmentsAfter(prefix: string, value: unknown): readonly string[] {
  return typeof value === 'string' && value.startsWith(prefix) ? value.slice(prefix.length).split(':') : []
}
