import { type Answer, describeAnswer } from './answer.ts'
import { noAnswer } from './api.ts'
import type { Transport } from './transport.ts'

/** An answer whose body is bytes. */
export interface BytesAnswer extends Omit<Answer, 'text' | 'body'> {
  readonly bytes: Uint8Array
}

/** Sends and reads bytes by presigned URLs, which carry their own authority: no token is ever sent there. */
export interface Bytes {
  put(url: string, bytes: Uint8Array<ArrayBuffer>, headers?: Readonly<Record<string, string>>): Promise<BytesAnswer>
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<BytesAnswer>
  head(url: string): Promise<BytesAnswer>
}

export interface BytesOptions {
  readonly transport: Transport
  readonly signal: AbortSignal
  readonly onSent?: (sizeBytes: number) => void
}

export function createBytes({ transport, signal, onSent }: BytesOptions): Bytes {
  const ask = async (
    method: string,
    url: string,
    { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body?: Uint8Array<ArrayBuffer> },
  ): Promise<BytesAnswer> => {
    const request = `${method} <${method === 'PUT' ? 'part' : 'download'} URL>`
    try {
      const response = await transport(url, { method, headers, signal, ...(body ? { body } : {}) })
      const bytes = new Uint8Array(await response.arrayBuffer())
      return { status: response.status, headers: response.headers, bytes, request }
    } catch (error) {
      throw noAnswer(error, request)
    }
  }
  return {
    async put(url, bytes, headers = {}) {
      onSent?.(bytes.length)
      return await ask('PUT', url, { headers, body: bytes })
    },
    get: async (url, headers = {}) => await ask('GET', url, { headers }),
    head: async (url) => await ask('HEAD', url, {}),
  }
}

/** One line about an answer, for messages: its bytes are shown only where they are an error's text. */
export function describeBytesAnswer(answer: BytesAnswer): string {
  if (answer.status >= 400) {
    return describeAnswer({ ...answer, text: new TextDecoder().decode(answer.bytes), body: undefined })
  }
  return `${answer.request} answered ${answer.status} with ${answer.bytes.length} bytes`
}
