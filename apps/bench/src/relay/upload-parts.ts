import { sendRaw } from '../peers/raw-http.ts'
import type { SlipwayProxy } from '../peers/slipway-proxy.ts'

export interface UploadPartsOptions {
  readonly server: SlipwayProxy
  readonly part: Uint8Array
  readonly partCount: number
  /** Parts that move at the same time. */
  readonly concurrency: number
  /** Of all parts. */
  readonly sha256: string
}

/** Uploads an image of equal parts over plain sockets. @returns its id and the seconds from the first byte to completion */
export async function uploadParts(options: UploadPartsOptions): Promise<{ id: string; seconds: number }> {
  const { server, part, partCount, concurrency, sha256 } = options
  const { id } = await server.api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })
  const numbers = Array.from({ length: partCount }, (_, index) => index + 1)
  const urls = await Promise.all(numbers.map((n) => server.api('POST', `/v2/images/${id}/parts`, { part_id: n })))
  const startedAt = performance.now()
  const pending = [...urls]
  const sendNext = async (): Promise<void> => {
    const next = pending.shift()
    if (!next) return
    const { status } = await sendRaw({ method: 'PUT', url: String(next.url), body: part })
    if (status !== 200) throw new Error(`a part was answered with ${status}`)
    await sendNext()
  }
  await Promise.all(Array.from({ length: concurrency }, sendNext))
  await server.api('POST', `/v2/images/${id}/complete`, { sha256 })
  return { id: String(id), seconds: (performance.now() - startedAt) / 1000 }
}
