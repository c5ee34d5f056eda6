import type { IncomingMessage, ServerResponse } from 'node:http'
import { limits } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import { bodyTooLarge } from '../api-errors.ts'
import { assertAcceptsParts, type StorePartDeps, storePart } from './store-part.ts'
import type { UploadGate } from './upload-gate.ts'

interface PutPartRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
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
  const { request, response, imageId, partNumber, lengthBytes, proceed } = options
  const declaredBytes = declaredLengthOf(request)
  assertBoundLength({ lengthBytes, declaredBytes })
  if ((declaredBytes ?? 0) > limits.maxPartSizeBytes) {
    throw bodyTooLarge({ limitBytes: limits.maxPartSizeBytes, what: 'a part' })
  }
  const leave = deps.uploads.enter()
  try {
    await assertAcceptsParts(deps, { imageId, partNumber, sizeBytes: declaredBytes ?? 0 })
    proceed()
    const etag = await storePart(deps, { imageId, partNumber, source: request })
    response.writeHead(200, { etag, 'content-length': 0 }).end()
  } finally {
    leave()
  }
}

function declaredLengthOf({ headers }: IncomingMessage): number | undefined {
  const { 'content-length': length } = headers
  return length === undefined ? undefined : Number(length)
}

interface LengthClaim {
  readonly lengthBytes: number | undefined
  readonly declaredBytes: number | undefined
}

/** Node holds a body to its Content-Length, so that comparing the header is comparing the bytes. */
function assertBoundLength({ lengthBytes, declaredBytes }: LengthClaim): void {
  if (lengthBytes === undefined || lengthBytes === declaredBytes) return
  if (declaredBytes === undefined) {
    throw new ApiError({
      code: 'length_required',
      field: 'Content-Length',
      message: `this URL takes exactly ${lengthBytes} bytes: send them with a Content-Length`,
    })
  }
  throw new ApiError({
    code: 'length_mismatch',
    field: 'Content-Length',
    message: `this URL takes exactly ${lengthBytes} bytes, not ${declaredBytes}: ask for a URL of that length`,
  })
}
