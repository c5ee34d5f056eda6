import type { CaseContext } from './run/case-context.ts'

/** What a case is about. `--only` takes these, and ids of cases. */
export const tags = [
  'core',
  'auth',
  'ids',
  'names',
  'errors',
  'limits',
  'parts',
  'completion',
  'download',
  'ranges',
  'listing',
  'life-cycle',
  'workspaces',
  'access',
  'admin',
  'races',
  'additions',
] as const
export type Tag = (typeof tags)[number]

/**
 * What a case does to the account, each level including the ones before it: `read-only` sends nothing that a server of the
 * contract would act on (beside reading, it asks for what must be refused); `creates` makes images of its own, changes and deletes those; `destructive` is seen by others: it publishes
 * images, replaces the default image, and makes and deletes workspaces.
 */
export const safeties = ['read-only', 'creates', 'destructive'] as const
export type Safety = (typeof safeties)[number]

export const announceable = [
  'list_parts',
  'part_sha256',
  'verifies_sha256',
  'part_content_length',
  'idempotency_key',
] as const
/** An addition that a server announces under `/capabilities`. */
export type Capability = (typeof announceable)[number]

/** What must be there for a case to mean something. */
export type Need =
  | 'admin'
  | 'second-token'
  | 'reader-token'
  | 'default-workspace'
  | 'capabilities'
  | `capability:${Capability}`

/** One sentence of the contract, put to a server. */
export interface ConformanceCase {
  /** Stable: `area.what`. */
  readonly id: string
  /** What a server does that passes. */
  readonly title: string
  /** The sentence of the contract that it checks. */
  readonly sentence: string
  readonly tags: readonly Tag[]
  readonly safety: Safety
  readonly needs: readonly Need[]
  /** It changes what is one in the whole server, such as the default image: nothing else runs meanwhile. */
  readonly isAlone: boolean
  /** @throws {Violation} when the server does something else */
  run(context: CaseContext): Promise<void>
}

export interface CaseDefinition {
  readonly id: string
  readonly title: string
  readonly sentence: string
  readonly tags: readonly Tag[]
  /** Default: `creates`. */
  readonly safety?: Safety
  /** Default: none. */
  readonly needs?: readonly Need[]
  /** Default: false. */
  readonly isAlone?: boolean
  run(context: CaseContext): Promise<void>
}

export function defineCase(definition: CaseDefinition): ConformanceCase {
  return { safety: 'creates', needs: [], isAlone: false, ...definition }
}
