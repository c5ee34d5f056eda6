import {
  type ImageRef,
  InvalidValueError,
  isName,
  isWorkspaceId,
  parseImageRef,
  parseWorkspaceRef,
  type WorkspaceRef,
} from '@slipway/core'
import { imageNotFound, workspaceNotFound } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import type { ListScope } from '../images/service.ts'

// The documented patterns tolerate paths that no image or workspace can have, such as one of four segments. What keeps the
// pattern and still names nothing is not found, rather than malformed.

export function readImageRef(text: string): ImageRef {
  return orNotFound(() => parseImageRef(text), imageNotFound)
}

export function readWorkspaceRef(text: string): WorkspaceRef {
  return orNotFound(() => parseWorkspaceRef(text), workspaceNotFound)
}

/** Reads a bare name, too: it is one of the caller's own workspaces. */
export function readWorkspaceLookup(text: string, { account }: Caller): WorkspaceRef {
  return readWorkspaceRef(isName(text) && !isWorkspaceId(text) ? `sfc:workspace:${account}:${text}` : text)
}

/** Listing this workspace lists the public images, whoever owns them. */
const publicScopePath = 'sfc:workspace:sfcompute:public'

export function readListScope(text: string): ListScope {
  return text === publicScopePath ? 'public' : readWorkspaceRef(text)
}

function orNotFound<Ref>(parse: () => Ref, notFound: () => Error): Ref {
  try {
    return parse()
  } catch (error) {
    throw error instanceof InvalidValueError ? notFound() : error
  }
}
