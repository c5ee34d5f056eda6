import type { UpstreamApi } from '../transport/upstream-api.ts'

/** The upstream's own URLs for parts, held for the time between handing out ours and the part's arrival. */
export interface PartUrls {
  /** Asks the upstream for a URL, which also tells whether the image takes parts. @throws {ApiError} */
  renew(imageId: string, partNumber: number): Promise<string>
  /** One that is still good for a while, or a new one. @throws {ApiError} */
  get(imageId: string, partNumber: number): Promise<string>
  forget(imageId: string, partNumber: number): void
}

/** A URL must outlive the sending of the part's head, not that of the part. */
const minLeftMs = 60_000
/** Some 1 KiB each. */
const maxCount = 4000

export function createPartUrls({ api, now }: { api: UpstreamApi; now: () => number }): PartUrls {
  const known = new Map<string, { readonly url: string; readonly expiresAtMs: number }>()
  const keyOf = (imageId: string, partNumber: number) => `${imageId}/${partNumber}`

  const renew = async (imageId: string, partNumber: number) => {
    const wire = await api.call('createPartUrl', { params: { id: imageId }, body: { part_id: partNumber } })
    const key = keyOf(imageId, partNumber)
    known.delete(key)
    known.set(key, { url: wire.url, expiresAtMs: wire.expires_at * 1000 })
    const [oldest] = known.keys()
    if (known.size > maxCount && oldest !== undefined) known.delete(oldest)
    return wire.url
  }
  return {
    renew,
    async get(imageId, partNumber) {
      const held = known.get(keyOf(imageId, partNumber))
      return held && held.expiresAtMs - now() > minLeftMs ? held.url : await renew(imageId, partNumber)
    },
    forget: (imageId, partNumber) => void known.delete(keyOf(imageId, partNumber)),
  }
}
