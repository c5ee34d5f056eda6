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
  /** When the server was first asked to complete it, whatever it said. */
  completionBegunAtMs: number | undefined
  /** A part was changed on its way: where digests are computed after the completion, the image may fail later. */
  isCorrupted: boolean
  readonly deletions: Act[]
  readonly revocations: Act[]
  readonly reinstatements: Act[]
  /** What a client said with exit code 0. */
  claim: { readonly sha256: string; readonly atMs: number } | undefined
}

export interface Ledger {
  readonly observer: Observer
  readonly images: ReadonlyMap<string, ImageRecord>
  /** The request to this path gets other bytes than the client sent. */
  noteCorrupted(path: string): void
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
    const facts = { createdAtMs: undefined, name: undefined, completionBegunAtMs: undefined, isCorrupted: false }
    const image: ImageRecord = { id, ...facts, ...lists, claim: undefined }
    images.set(id, image)
    return image
  }
  const newAct = (): Act => ({ startedAtMs: now(), endedAtMs: Number.POSITIVE_INFINITY, isAcknowledged: false })

  return {
    images,
    observer: {
      begin({ method, url, isSentOn = false }) {
        requestCount++
        const path = url.split('?', 1)[0] ?? ''
        const act = newAct()
        const put = method === 'PUT' ? partOf(url) : undefined
        const change = /^\/(?:preview\/)?v2\/images\/(image_[\w-]+)(?:\/(revoke|reinstate))?$/.exec(path)
        const partAct: PartAct = Object.assign(act, { sha256: undefined })
        if (put) {
          const { parts } = imageOf(put.imageId)
          parts.set(put.partNumber, [...(parts.get(put.partNumber) ?? []), partAct])
        } else if (change && method === 'DELETE' && change[2] === undefined)
          imageOf(change[1] ?? '').deletions.push(act)
        else if (change && method === 'POST' && change[2] === 'revoke') imageOf(change[1] ?? '').revocations.push(act)
        else if (change && method === 'POST' && change[2]) imageOf(change[1] ?? '').reinstatements.push(act)

        const completing = method === 'POST' ? completedImageOf(path) : undefined
        if (completing !== undefined) imageOf(completing).completionBegunAtMs ??= now()

        return {
          answered({ status, text, requestText, sha256 }) {
            act.endedAtMs = now()
            act.isAcknowledged = !isSentOn && status >= 200 && status < 300
            partAct.sha256 = sha256
            if (status >= 500) onFailure(status, `${method} ${path} got ${status}: ${text}`)
            if (!act.isAcknowledged || method !== 'POST') return
            if (/\/images$/.test(path)) noteCreated(text)
            if (completing !== undefined)
              imageOf(completing).completions.push({ ...act, sha256: digestOf(requestText) })
          },
          // It stays open when it ends: a server that lost its client may still do it.
          unanswered(sha256) {
            partAct.sha256 = sha256
            // What broke off was nothing; left open, it would excuse any bytes of this part for ever.
            if (isSentOn && sha256 === undefined) act.endedAtMs = now()
          },
        }
      },
    },
    noteCorrupted(path) {
      const [, id] = /\/(image_[\w-]+)(?:\/|$)/.exec(path) ?? []
      if (id !== undefined) imageOf(id).isCorrupted = true
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

/** What the path of a presigned URL says, the server's own or an object store's. */
function partOf(url: string): { readonly imageId: string; readonly partNumber: number } | undefined {
  const [path = '', query] = url.split('?', 2)
  const [, own = '', ownNumber] = /^\/bytes\/(image_[\w-]+)\/parts\/(\d+)$/.exec(path) ?? []
  if (ownNumber !== undefined) return { imageId: own, partNumber: Number(ownNumber) }
  const [, imageId] = /\/images\/(image_[\w-]+)$/.exec(path) ?? []
  const partNumber = new URLSearchParams(query).get('partNumber')
  return imageId === undefined || partNumber === null ? undefined : { imageId, partNumber: Number(partNumber) }
}

function completedImageOf(path: string): string | undefined {
  return /\/images\/(image_[\w-]+)\/complete$/.exec(path)?.[1]
}

function digestOf(requestText: string): string {
  return (JSON.parse(requestText) as { sha256: string }).sha256
}
