import { createHash } from 'node:crypto'
import { type Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { asIs, type ByteStage, CutError } from './byte-stages.ts'
import { endToEndHeaders, isJson, requestHeaders } from './headers.ts'
import type { Observer } from './observer.ts'
import { type Cut, pumpBody } from './pump-body.ts'
import { collect, type ServerAnswer, serverAnswerOf } from './server-answer.ts'

export interface Exchange {
  readonly request: IncomingMessage
  /** Of the request's body; 0 where it has none. */
  readonly lengthBytes: number
  /** The request's body as a whole, for those that are sent more than once. */
  readBody(): Promise<Buffer>
  /**
   * Sends the request on. Rejects when the server cannot be reached or hangs up, and with a {@link CutError} as planned.
   * @param options.body in place of streaming the request's own; it then reaches the server whatever the client does
   */
  forward(options?: { readonly body?: Buffer; readonly stage?: ByteStage; readonly cut?: Cut }): Promise<ServerAnswer>
  relay(
    answer: ServerAnswer,
    options?: { readonly stage?: ByteStage; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<void>
  /** Answers in place of the server. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void
  /** Sends bytes that are no answer, and hangs up. */
  babble(text: string): void
  /** The client's connection breaks with a TCP reset. */
  reset(): void
  /** The client's connection ends cleanly, whatever was promised. */
  hangUp(): void
}

export interface ExchangeOptions {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly targetUrl: URL
  readonly agent: Agent
  readonly observer: Observer
}

export function createExchange({ incoming, response, targetUrl, agent, observer }: ExchangeOptions): Exchange {
  const { socket } = incoming
  const lengthBytes = Number(incoming.headers['content-length'] ?? 0)
  let body: Promise<Buffer> | undefined
  const readBody = () => {
    body ??= collect(incoming)
    return body
  }

  return {
    request: incoming,
    lengthBytes,
    readBody,
    async forward({ body: ownBody, stage = asIs, cut = 'reset' } = {}) {
      const isWhole = ownBody !== undefined || body !== undefined || isJson(incoming.headers)
      const source = isWhole ? (ownBody ?? (await readBody())) : incoming
      const seen = observer.begin({ method: incoming.method ?? '', url: incoming.url ?? '' })
      const outgoing = request({
        host: targetUrl.hostname,
        port: targetUrl.port,
        method: incoming.method,
        path: incoming.url,
        // The host stays as the client wrote it: signatures cover it, and the server makes its URLs of it.
        headers: requestHeaders(incoming.rawHeaders),
        agent,
      })
      const hash = createHash('sha256')
      let sentBytes = 0
      let isSent = false
      const digest = () => (isSent || (sentBytes > 0 && sentBytes === lengthBytes) ? hash.digest('hex') : undefined)
      const onChunk = (chunk: Buffer) => {
        sentBytes += chunk.length
        hash.update(chunk)
      }
      const onClientGone = () => {
        if (!response.writableEnded) outgoing.destroy()
      }
      if (!ownBody) response.once('close', onClientGone)
      try {
        const answered = serverAnswerOf(outgoing)
        const pumped = pumpBody({ source, outgoing, stage, cut, onChunk }).then(
          () => {
            isSent = true
            return answered
          },
          (error: unknown) => {
            if (error instanceof CutError) throw error
            // A server may refuse before it has everything: then its answer counts, not where the rest went.
            return answered
          },
        )
        const answer = await Promise.race([answered, pumped])
        seen.answered({
          status: answer.status,
          text: Buffer.isBuffer(answer.body) ? answer.body.toString() : '',
          requestText: isJson(incoming.headers) && Buffer.isBuffer(source) ? source.toString() : '',
          sha256: digest(),
        })
        return answer
      } catch (error) {
        seen.unanswered(digest())
        outgoing.destroy()
        throw error
      } finally {
        if (!ownBody) response.off('close', onClientGone)
      }
    },
    async relay(answer, { stage = asIs, headers = {} } = {}) {
      response.writeHead(answer.status, { ...endToEndHeaders(answer.headers), ...headers })
      const source = Buffer.isBuffer(answer.body)
        ? Readable.from(answer.body.length > 0 ? [answer.body] : [])
        : answer.body
      try {
        if (incoming.method === 'HEAD') response.end()
        else await pipeline(source, stage, leaveOpenAtCut(response))
      } finally {
        answer.discard()
      }
    },
    answer(status, headers, text) {
      // What is left of the request's body would be taken for the next request.
      response.writeHead(status, { connection: 'close', 'content-length': Buffer.byteLength(text), ...headers })
      response.end(text)
    },
    babble: (text) => void socket.end(text),
    reset: () => void socket.resetAndDestroy(),
    hangUp: () => void socket.destroySoon(),
  }
}

/** A pipeline destroys its end when it fails; how the client's connection ends is for the fault to say. */
function leaveOpenAtCut(response: ServerResponse) {
  return async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      if (!response.write(chunk)) await nextEvent(response, ['drain', 'close'])
      if (response.destroyed) throw new Error('the client hung up')
    }
    response.end()
  }
}

function nextEvent(response: ServerResponse, events: readonly string[]): Promise<void> {
  if (response.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const settle = () => {
      for (const event of events) response.off(event, settle)
      resolve()
    }
    for (const event of events) response.on(event, settle)
  })
}
