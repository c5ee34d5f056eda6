import type { IncomingMessage, ServerResponse } from 'node:http'
import { readPartLength } from './part-length.ts'
import type { RequestBody } from './request-body.ts'
import { assertAcceptsParts, type StorePartDeps, storePart } from './store-part.ts'
import type { UploadGate } from './upload-gate.ts'

export interface PutPartRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: RequestBody
  readonly imageId: string
  readonly partNumber: number
  readonly lengthBytes?: number | undefined
  /** Tells a client that waits for a go-ahead to send the bytes. */
  readonly proceed: () => void
}

/** `PUT <url>`: answers 200 only when the bytes are durable. */
export async function putPart(
  deps: StorePartDeps & { readonly uploads: UploadGate },
  options: PutPartRequest,
): Promise<void> {
  const { request, response, body, imageId, partNumber, lengthBytes, proceed } = options
  const declaredBytes = readPartLength(request, lengthBytes)
  const leave = deps.uploads.enter()
  try {
    await assertAcceptsParts(deps, { imageId, partNumber, sizeBytes: declaredBytes ?? 0 })
    proceed()
    const etag = await storePart(deps, { imageId, partNumber, source: body })
    response.writeHead(200, { etag, 'content-length': 0 }).end()
  } finally {
    leave()
  }
}
