import { createHash } from 'node:crypto'
import type { Answer, Api } from './test-server.ts'

export const defaultWorkspace = 'sfc:workspace:local:default'

export function sha256Of(...buffers: Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const buffer of buffers) hash.update(buffer)
  return hash.digest('hex')
}

/** Bytes that differ from part to part. */
export function bytesOf(sizeBytes: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(sizeBytes)
  for (let i = 0; i < sizeBytes; i += 4) bytes.writeInt32LE((i * 31 + seed * 7919) | 0, Math.min(i, sizeBytes - 4))
  return bytes
}

export async function createImage(api: Api, name?: string): Promise<string> {
  const { status, body, text } = await api('POST', '/v2/images', { workspace: defaultWorkspace, name: name ?? null })
  if (status !== 201) throw new Error(text)
  return body.id
}

export async function partUrl(api: Api, id: string, partNumber: number): Promise<string> {
  const { status, body, text } = await api('POST', `/v2/images/${id}/parts`, { part_id: partNumber })
  if (status !== 200) throw new Error(text)
  return body.url
}

export async function putPart(api: Api, id: string, partNumber: number, bytes: Uint8Array): Promise<Response> {
  return await fetch(await partUrl(api, id, partNumber), { method: 'PUT', body: Uint8Array.from(bytes) })
}

export async function complete(api: Api, id: string, sha256: string): Promise<Answer> {
  return await api('POST', `/v2/images/${id}/complete`, { sha256 })
}

/** An image of these parts, completed. */
export async function uploadImage(api: Api, parts: readonly Buffer[], name?: string): Promise<string> {
  const id = await createImage(api, name)
  for (const [index, bytes] of parts.entries()) {
    const { status } = await putPart(api, id, index + 1, bytes)
    if (status !== 200) throw new Error(`part ${index + 1}: ${status}`)
  }
  const { status, text } = await complete(api, id, sha256Of(...parts))
  if (status !== 200) throw new Error(text)
  return id
}

export async function downloadUrl(api: Api, id: string): Promise<string> {
  const { status, body, text } = await api('GET', `/v2/images/${id}/download`)
  if (status !== 200) throw new Error(text)
  return body.url
}
