import type { Role } from '../figure.ts'
import type { RawRequest } from './raw-http.ts'

/** What every server that stores bytes can be asked to do, in its own protocol. */
export interface ByteServer {
  readonly name: string
  readonly role: Role
  /** Prepares an upload of so many equal parts, and returns what remains: the requests that carry the bytes. */
  open(part: Buffer, partCount: number): Promise<StoredParts>
  peakRssBytes(): Promise<number>
}

export interface StoredParts {
  readonly puts: readonly RawRequest[]
  /** What has to follow the bytes before they can be read. */
  complete(): Promise<void>
  /** One request for each part's bytes. */
  gets(): Promise<readonly RawRequest[]>
  remove(): Promise<void>
}

/** An API call outside of what is measured. @throws when the answer is not a success */
export async function call(method: string, url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { ...init, method })
  if (response.ok) return response
  throw new Error(`${method} ${url}: ${response.status} ${(await response.text()).slice(0, 200)}`)
}
