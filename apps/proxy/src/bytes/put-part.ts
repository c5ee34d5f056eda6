import type { IncomingMessage, ServerResponse } from 'node:http'
import { limits } from '@slipway/core'
import { bodyTooLarge } from '../api-errors.ts'
import { assertAcceptsParts, type StorePartDeps, storePart } from './store-part.ts'

interface PutPartRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly imageId: string
  readonly partNumber: number
  /** The client waits for a go-ahead before it sends the bytes. */
  readonly expectsContinue: boolean
}

/** `PUT <url>`: answers 200 only when the bytes are durable. */
export async function putPart(deps: StorePartDeps, options: PutPartRequest): Promise<void> {
  const { request, response, imageId, partNumber, expectsContinue } = options
  if (Number(request.headers['content-length'] ?? 0) > limits.maxPartSizeBytes) {
    throw bodyTooLarge({ limitBytes: limits.maxPartSizeBytes, what: 'a part' })
  }
  await assertAcceptsParts(deps.db, imageId)
  if (expectsContinue) response.writeContinue()
  const etag = await storePart(deps, { imageId, partNumber, source: request })
  response.writeHead(200, { etag, 'content-length': 0 }).end()
}
