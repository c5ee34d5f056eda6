import type { IncomingMessage, ServerResponse } from 'node:http'
import { methodNotAllowed, unknownPath } from '../http/not-served.ts'
import type { RequestContext } from '../http/request-context.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { type ByteTarget, type ByteUrls, parseBytePath } from '../signing/byte-urls.ts'
import { toApiError } from '../to-api-error.ts'
import { type GetImageDeps, type GetImageRequest, getImage } from './get-image.ts'
import { createManifestCache } from './manifest-cache.ts'
import { type PutPartRequest, putPart } from './put-part.ts'
import { refuse } from './refuse.ts'
import type { RequestBody } from './request-body.ts'
import type { StorePartDeps } from './store-part.ts'
import type { UploadGate } from './upload-gate.ts'

export interface ServeBytesRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: RequestBody
  readonly url: URL
  readonly context: RequestContext
  readonly expectsContinue: boolean
}

interface Proceed {
  readonly proceed: () => void
}

/** What becomes of a request whose URL is a genuine one. */
export interface ByteHandlers {
  putPart(options: PutPartRequest): Promise<void>
  getImage(options: GetImageRequest): Promise<void>
}

export type ServeBytes = (options: ServeBytesRequest) => Promise<void>

export interface ServeBytesOptions {
  readonly byteUrls: ByteUrls
  readonly handlers: ByteHandlers
  /** A transfer on which no byte moves for so long is cut. */
  readonly idleTimeoutMs: number
}

export const bytesPrefix = '/bytes/'

/**
 * The presigned byte routes, on Node's raw request and response: web streams and body middleware would cost more than
 * half of the throughput.
 */
export function createServeBytes({ byteUrls, handlers, idleTimeoutMs }: ServeBytesOptions): ServeBytes {
  const route = async ({
    request,
    response,
    body,
    url,
    proceed,
  }: Omit<ServeBytesRequest, 'expectsContinue'> & Proceed) => {
    const path = parseBytePath(url.pathname)
    if (!path) throw unknownPath()
    const { imageId, partNumber } = path
    const target = await byteUrls.verify(targetOf(request.method, imageId, partNumber), url.searchParams)
    if (target.method === 'PUT') await handlers.putPart({ request, response, body, ...target, proceed })
    else await handlers.getImage({ request, response, imageId })
  }

  return async (options) => {
    const { request, response, body, context } = options
    // Bytes move, or the connection is cut: a stalled one would hold its buffers for ever.
    // Node destroys a socket at its timeout, and sets the timeout of its own for the pause between two requests.
    request.socket.setTimeout(idleTimeoutMs)
    // What follows the last byte, syncing it to disk, takes the time it takes.
    request.once('end', () => request.method === 'PUT' && request.socket.setTimeout(0))
    let isBodyComing = !options.expectsContinue
    const proceed = () => {
      if (isBodyComing) return
      isBodyComing = true
      response.writeContinue()
    }
    try {
      await route({ ...options, proceed })
    } catch (thrown) {
      const error = toApiError(thrown, context)
      if (error.status >= 500 && !request.socket.destroyed) context.cause = error.cause
      await refuse({ request, response, body, error, isBodyComing })
    }
  }
}

export interface LocalByteHandlersDeps extends Omit<StorePartDeps & GetImageDeps, 'manifests' | 'metrics'> {
  readonly metrics: Pick<Metrics, 'addReceivedBytes' | 'addSentBytes'>
  readonly uploads: UploadGate
}

/** Bytes in this server's own files. */
export function createLocalByteHandlers(deps: LocalByteHandlersDeps): ByteHandlers {
  const getImageDeps = { ...deps, manifests: createManifestCache(deps) }
  return {
    putPart: (options) => putPart(deps, options),
    getImage: (options) => getImage(getImageDeps, options),
  }
}

function targetOf(method: string | undefined, imageId: string, partNumber: number | undefined): ByteTarget {
  if (partNumber !== undefined) {
    if (method === 'PUT') return { method, imageId, partNumber }
    throw methodNotAllowed({ method: String(method), allowed: ['PUT'] })
  }
  if (method === 'GET' || method === 'HEAD') return { method: 'GET', imageId }
  throw methodNotAllowed({ method: String(method), allowed: ['GET', 'HEAD'] })
}
