import { setTimeout as sleep } from 'node:timers/promises'

export interface TransportRequest {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
}

/** Sends one request. Redirects are answers like any other: the API has none. */
export type Transport = (url: string, request: TransportRequest) => Promise<Response>

export interface TransportOptions {
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch
}

/** A server that is busy may say so; it is asked again so often. */
const maxAttempts = 4
const maxWaitMs = 60_000

/** A 429 or 503 with `Retry-After` is waited for, so that the kit can be run against a server that limits its callers. */
export function createTransport({ fetch = globalThis.fetch }: TransportOptions = {}): Transport {
  return async (url, { method, headers = {}, body, signal }) => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, {
        method,
        headers,
        signal,
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      })
      const waitMs = retryAfterMs(response)
      if (waitMs === undefined || attempt === maxAttempts) return response
      await response.body?.cancel()
      await sleep(waitMs, undefined, { signal })
    }
  }
}

function retryAfterMs({ status, headers }: Response): number | undefined {
  const seconds = headers.get('retry-after')
  if ((status !== 429 && status !== 503) || seconds === null || !/^\d+$/.test(seconds)) return undefined
  return Math.min(Number(seconds) * 1000, maxWaitMs)
}
