import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { isJson } from './headers.ts'

/** What a server said: JSON and refusals are read whole, the bytes of an image are a stream. */
export interface ServerAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer | Readable
  /** Of the body, where the server told it. */
  readonly lengthBytes: number
  /** Lets the connection to the server go. */
  discard(): void
}

/** No part of the lab's clients is larger, and no JSON. */
const largestKeptBytes = 16 * 1024 * 1024

export function serverAnswerOf(outgoing: ClientRequest): Promise<ServerAnswer> {
  const answered = new Promise<ServerAnswer>((resolve, reject) => {
    outgoing.on('error', reject)
    const onClose = () => reject(new Error('the server hung up'))
    outgoing.once('close', onClose)
    outgoing.once('response', (message) => {
      // From here on the answer itself tells when it breaks.
      outgoing.off('close', onClose)
      const { statusCode: status = 0, headers } = message
      const answer = { status, headers, lengthBytes: Number(headers['content-length'] ?? 0) }
      if (isJson(headers) || status >= 300) {
        collect(message).then((body) => resolve({ ...answer, body, discard: () => undefined }), reject)
        return
      }
      message.on('error', () => undefined)
      resolve({ ...answer, body: message, discard: () => void (message.readableEnded || message.destroy()) })
    })
  })
  // Whoever asked may have gone by then.
  answered.catch(() => undefined)
  return answered
}

export async function collect(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > largestKeptBytes) throw new Error('a body is too large to be kept')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
