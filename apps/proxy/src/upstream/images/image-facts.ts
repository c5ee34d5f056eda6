import { formatImagePath, type Name, type WireImage } from '@slipway/core'

/** What of an image never changes, and what access depends on. */
export interface ImageFact {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
  readonly owner: string
  readonly workspace: string
  readonly isPublic: boolean
}

/** Remembered for a moment, so that an upload of ten thousand parts does not ask ten thousand times whose image it is. */
export interface ImageFacts {
  get(id: string): ImageFact | undefined
  /**
   * Also when it is no longer fresh, for what can be served while the upstream gives no answer.
   * @param ref an id, or a resource path of the upstream's
   */
  getStale(ref: string): ImageFact | undefined
  note(wire: WireImage): void
  forget(id: string): void
}

const freshMs = 30_000
const maxCount = 10_000

export function createImageFacts({ now }: { now: () => number }): ImageFacts {
  // In order of when they were noted, the oldest first.
  const facts = new Map<string, { readonly fact: ImageFact; readonly atMs: number }>()
  return {
    get(id) {
      const entry = facts.get(id)
      return entry && now() - entry.atMs < freshMs ? entry.fact : undefined
    },
    getStale(ref) {
      const isNamed = ({ owner, workspace, name }: ImageFact) =>
        ref === formatImagePath({ account: owner as Name, workspace: workspace as Name, name: name as Name })
      return facts.get(ref)?.fact ?? [...facts.values()].find(({ fact }) => isNamed(fact))?.fact
    },
    note(wire) {
      facts.delete(wire.id)
      facts.set(wire.id, {
        atMs: now(),
        fact: {
          id: wire.id,
          workspaceId: wire.workspace_id,
          name: wire.name,
          owner: wire.owner,
          workspace: wire.workspace,
          isPublic: wire.is_public,
        },
      })
      const [oldest] = facts.keys()
      if (facts.size > maxCount && oldest !== undefined) facts.delete(oldest)
    },
    forget: (id) => void facts.delete(id),
  }
}
