import { createHash, randomBytes } from 'node:crypto'
import { createImageId, createWorkspaceId, type ImageState, type Role } from '@slipway/core'
import type { Fault } from '../mutants/mutants.ts'

export interface StoredPart {
  readonly bytes: Buffer
  readonly etag: string
  readonly arrival: number
}

export interface StoredImage {
  readonly id: string
  readonly account: string
  readonly workspace: StoredWorkspace
  readonly name: string
  /** Its place in every list. */
  readonly sequence: number
  readonly createdAtMs: number
  /** What the workspace was called when the image was created. */
  readonly firstWorkspaceName: string
  readonly parts: Map<number, StoredPart>
  readonly issuedPartNumbers: Set<number>
  state: ImageState
  bytes: Buffer | undefined
}

export interface StoredWorkspace {
  id: string
  readonly account: string
  name: string
  readonly createdAtMs: number
  isDeleted: boolean
}

export interface Caller {
  readonly account: string
  readonly role: Role
}

/** Everything that the server knows, and which fault it has. */
export interface Store {
  readonly images: Map<string, StoredImage>
  readonly workspaces: StoredWorkspace[]
  readonly tokens: Map<string, Caller>
  readonly creations: Map<string, { readonly request: string; readonly image: StoredImage }>
  readonly signingKey: Buffer
  readonly urlLifetimeMs: number
  has(fault: Fault): boolean
  nextNumber(): number
  addWorkspace(account: string, name: string): StoredWorkspace
  addToken(caller: Caller): string
}

export interface StoreOptions {
  readonly fault: Fault | undefined
  readonly urlLifetimeMs: number
}

export function createStore({ fault, urlLifetimeMs }: StoreOptions): Store {
  let number = 0
  const store: Store = {
    images: new Map(),
    workspaces: [],
    tokens: new Map(),
    creations: new Map(),
    signingKey: randomBytes(32),
    urlLifetimeMs,
    has: (asked) => asked === fault,
    nextNumber: () => ++number,
    addWorkspace(account, name) {
      const workspace = { id: createWorkspaceId(), account, name, createdAtMs: Date.now(), isDeleted: false }
      store.workspaces.push(workspace)
      return workspace
    },
    addToken(caller) {
      const token = `sk_live_${randomBytes(32).toString('base64url')}`
      store.tokens.set(token, caller)
      return token
    },
  }
  return store
}

export { createImageId }

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
