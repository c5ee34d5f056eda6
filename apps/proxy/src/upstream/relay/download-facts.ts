import type { WireImageDownload } from '@slipway/core'
import type { UpstreamApi } from '../transport/upstream-api.ts'
import { isOutage } from '../transport/upstream-error.ts'

/** What a download needs to know of an image, and the upstream's URL for it. */
export interface DownloadFact {
  readonly name: string
  readonly sha256: string | null
  readonly sizeBytes: number
  /** Carries its own authority: never log it. */
  readonly url: string
  readonly expiresAtMs: number
  readonly checkedAtMs: number
}

export interface DownloadFacts {
  /**
   * Not older than the recheck interval. While the upstream does not answer, what it said last: then only bytes that are
   * held here already can be served.
   * @throws {ApiError} what the upstream answers: not completed, revoked, not found
   */
  get(imageId: string): Promise<DownloadFact>
  /** With a URL that is new. @throws {ApiError} */
  renew(imageId: string): Promise<DownloadFact>
  forget(imageId: string): void
}

export interface DownloadFactsOptions {
  readonly api: UpstreamApi
  readonly now: () => number
  readonly recheckMs: number
}

/** How long an image whose state cannot be asked for is served on: an outage must not stop machines from booting. */
const maxStaleMs = 3_600_000
const maxCount = 10_000

export function createDownloadFacts({ api, now, recheckMs }: DownloadFactsOptions): DownloadFacts {
  const facts = new Map<string, DownloadFact>()
  const asking = new Map<string, Promise<DownloadFact>>()

  const keep = (imageId: string, name: string, wire: WireImageDownload) => {
    const { sha256, size, url, expires_at } = wire
    const fact = { name, sha256, sizeBytes: size, url, expiresAtMs: expires_at * 1000, checkedAtMs: now() }
    facts.delete(imageId)
    facts.set(imageId, fact)
    const [oldest] = facts.keys()
    if (facts.size > maxCount && oldest !== undefined) facts.delete(oldest)
    return fact
  }
  const ask = async (imageId: string) => {
    const known = facts.get(imageId)
    try {
      const name = known?.name ?? (await api.call('getImage', { params: { id: imageId } })).name
      return keep(imageId, name, await api.call('getImageDownload', { params: { id: imageId } }))
    } catch (error) {
      // A refusal is the upstream's answer; what it said before does not count any more.
      if (!isOutage(error)) facts.delete(imageId)
      throw error
    }
  }
  const renew = (imageId: string) => {
    const running = asking.get(imageId) ?? ask(imageId).finally(() => asking.delete(imageId))
    asking.set(imageId, running)
    return running
  }

  return {
    async get(imageId) {
      const known = facts.get(imageId)
      if (known && now() - known.checkedAtMs < recheckMs) return known
      try {
        return await renew(imageId)
      } catch (error) {
        if (known && isOutage(error) && now() - known.checkedAtMs < maxStaleMs) return known
        throw error
      }
    },
    renew,
    forget: (imageId) => void facts.delete(imageId),
  }
}
