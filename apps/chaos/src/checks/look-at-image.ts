import type { DirectApi } from './direct-api.ts'
import type { SeenImage } from './judge-image.ts'

interface WireImage {
  readonly upload_status: string
  readonly sha256: string | null
}

interface WirePart {
  readonly part_id: number
  readonly sha256?: string | null
}

/** From a gateway, too: the server in front of another one is one, and passes on when that one wants to be asked later. */
const unavailable = new Set([429, 502, 503, 504])

/** @returns undefined when the server cannot be asked now, a text when it answered what it must not */
export async function lookAtImage(
  api: DirectApi,
  id: string,
  now: () => number,
): Promise<SeenImage | string | undefined> {
  const askedAtMs = now()
  const answer = await api.call('GET', `/v2/images/${id}`)
  if (!answer || unavailable.has(answer.status)) return undefined
  if (answer.status === 404) return { askedAtMs, answeredAtMs: now(), image: undefined, parts: undefined }
  if (answer.status !== 200) return `asked for ${id}, the server answered ${answer.status}: ${answer.text}`
  const { upload_status, sha256 } = JSON.parse(answer.text) as WireImage
  const image = { uploadStatus: upload_status, sha256 }
  const isUnfinished = upload_status === 'started' || upload_status === 'uploading'
  const listed = isUnfinished ? await api.call('GET', `/v2/images/${id}/parts?limit=10000`) : undefined
  if (listed?.status !== 200) return { askedAtMs, answeredAtMs: now(), image, parts: undefined }
  const { data } = JSON.parse(listed.text) as { data: readonly WirePart[] }
  const parts = data.map((part) => ({ partNumber: part.part_id, sha256: part.sha256 ?? null }))
  return { askedAtMs, answeredAtMs: now(), image, parts }
}
