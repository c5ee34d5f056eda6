import type { Observer } from '../fault-proxy/observer.ts'

/** One request that the server was sent: what it did, if it did, happened between the two times. */
export interface Act {
  readonly startedAtMs: number
  /** Infinity: it was never answered, and may take effect at any time. */
  endedAtMs: number
  isAcknowledged: boolean
}

export interface PartAct extends Act {
  /** Of the bytes that the server got; undefined when it did not get all of them. */
  sha256: string | undefined
}

export interface CompletionAct extends Act {
  readonly sha256: string
}

/** What the server was asked to do with one image, and what it said. */
export interface ImageRecord {
  readonly id: string
  /** When the server said that it created it; undefined: it was met otherwise. */
  createdAtMs: number | undefined
  name: string | undefined
  readonly parts: Map<number, PartAct[]>
  readonly completions: CompletionAct[]
  readonly deletions: Act[]
  readonly revocations: Act[]
  readonly reinstatements: Act[]
  /** What a client said with exit code 0. */
  claim: { readonly sha256: string; readonly atMs: number } | undefined
}

export interface Ledger {
  readonly observer: Observer
  readonly images: ReadonlyMap<string, ImageRecord>
  /** A client ended well with an upload. */
  claimUploaded(id: string, sha256: string): void
  /** A client ended well with a deletion. */
  claimDeleted(id: string): void
  /** What was acknowledged, in numbers. */
  counts(): LedgerCounts
}

export interface LedgerCounts {
  readonly requests: number
  readonly parts: number
  readonly completions: number
  readonly deletions: number
}

export interface LedgerOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  /** The server answered with a 5xx. */
  readonly onFailure: (status: number, what: string) => void
}

/** Writes down what the server itself saw and said, whether or not the client ever heard of it. */
export function createLedger({ now, onFailure }: LedgerOptions): Ledger {
  const images = new Map<string, ImageRecord>()
  let requestCount = 0

  const imageOf = (id: string): ImageRecord => {
    const known = images.get(id)
    if (known) return known
    const lists = { parts: new Map(), completions: [], deletions: [], revocations: [], reinstatements: [] }
    const image: ImageRecord = { id, createdAtMs: undefined, name: undefined, ...lists, claim: undefined }
    images.set(id, image)
    return image
  }
  const newAct = (): Act => ({ startedAtMs: now(), endedAtMs: Number.POSITIVE_INFINITY, isAcknowledged: false })

  return {
    images,
    observer: {
      begin({ method, url }) {
        requestCount++
        const path = url.split('?', 1)[0] ?? ''
        const act = newAct()
        const put = method === 'PUT' ? /^\/bytes\/(image_[\w-]+)\/parts\/(\d+)$/.exec(path) : null
        const change = /^\/(?:preview\/)?v2\/images\/(image_[\w-]+)(?:\/(revoke|reinstate))?$/.exec(path)
        const partAct: PartAct = Object.assign(act, { sha256: undefined })
        if (put) {
          const { parts } = imageOf(put[1] ?? '')
          const number = Number(put[2])
          parts.set(number, [...(parts.get(number) ?? []), partAct])
        } else if (change && method === 'DELETE' && change[2] === undefined)
          imageOf(change[1] ?? '').deletions.push(act)
        else if (change && method === 'POST' && change[2] === 'revoke') imageOf(change[1] ?? '').revocations.push(act)
        else if (change && method === 'POST' && change[2]) imageOf(change[1] ?? '').reinstatements.push(act)

        return {
          answered({ status, text, requestText, sha256 }) {
            act.endedAtMs = now()
            act.isAcknowledged = status >= 200 && status < 300
            partAct.sha256 = sha256
            if (status >= 500) onFailure(status, `${method} ${path} got ${status}: ${text}`)
            if (!act.isAcknowledged || method !== 'POST') return
            if (/\/images$/.test(path)) noteCreated(text)
            const [, id] = /\/images\/(image_[\w-]+)\/complete$/.exec(path) ?? []
            if (id !== undefined) imageOf(id).completions.push({ ...act, sha256: digestOf(requestText) })
          },
          // It stays open when it ends: a server that lost its client may still do it.
          unanswered(sha256) {
            partAct.sha256 = sha256
          },
        }
      },
    },
    claimUploaded(id, sha256) {
      imageOf(id).claim = { sha256, atMs: now() }
    },
    claimDeleted(id) {
      imageOf(id).deletions.push({ startedAtMs: now(), endedAtMs: now(), isAcknowledged: true })
    },
    counts() {
      const all = [...images.values()]
      const acknowledged = (acts: readonly Act[]) => acts.filter(({ isAcknowledged }) => isAcknowledged).length
      return {
        requests: requestCount,
        parts: all.reduce(
          (sum, { parts }) => sum + [...parts.values()].reduce((n, acts) => n + acknowledged(acts), 0),
          0,
        ),
        completions: all.filter(({ completions }) => completions.length > 0).length,
        deletions: all.filter(({ deletions }) => acknowledged(deletions) > 0).length,
      }
    },
  }

  function noteCreated(text: string): void {
    const { id, name } = JSON.parse(text) as { id: string; name: string }
    const image = imageOf(id)
    image.createdAtMs ??= now()
    image.name = name
  }
}

function digestOf(requestText: string): string {
  return (JSON.parse(requestText) as { sha256: string }).sha256
}
