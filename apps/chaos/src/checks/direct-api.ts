import { createHash } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface DirectAnswer {
  readonly status: number
  readonly text: string
}

/** The server, asked without any fault in between. No connection is kept: it must not count among the server's own. */
export interface DirectApi {
  /** @returns undefined when no answer came, as from a server that is down */
  call(method: 'GET' | 'DELETE' | 'POST', path: string, body?: object): Promise<DirectAnswer | undefined>
  /** Hashes the bytes of a presigned URL, whose host is replaced by the server's own. */
  hash(url: string): Promise<{ readonly sha256: string; readonly sizeBytes: number } | undefined>
}

interface DirectApiOptions {
  readonly url: () => string | undefined
  readonly token: string
  /** Presigned URLs of the server lead through the fault proxy; those of another store are used as they are. */
  readonly publicUrl: string
}

const timeoutMs = 60_000

export function createDirectApi({ url, token, publicUrl }: DirectApiOptions): DirectApi {
  return {
    async call(method, path, body) {
      const base = url()
      if (base === undefined) return undefined
      try {
        const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
        const message = await send(method, base + path, headers, body && JSON.stringify(body))
        return { status: message.statusCode ?? 0, text: await text(message) }
      } catch {
        return undefined
      }
    },
    async hash(bytesUrl) {
      const base = url()
      if (base === undefined) return undefined
      try {
        const message = await send('GET', bytesUrl.replace(publicUrl, base), {})
        const hash = createHash('sha256')
        let sizeBytes = 0
        for await (const chunk of message as AsyncIterable<Buffer>) {
          hash.update(chunk)
          sizeBytes += chunk.length
        }
        return message.statusCode === 200 ? { sha256: hash.digest('hex'), sizeBytes } : undefined
      } catch {
        return undefined
      }
    },
  }
}

function send(method: string, url: string, headers: Record<string, string>, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, timeout: timeoutMs }, resolve)
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
