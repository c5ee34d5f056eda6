import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Deps } from '../deps.ts'
import { methodNotAllowed, unknownPath } from '../http/not-served.ts'
import type { RequestContext } from '../http/request-context.ts'
import { type ByteTarget, parseBytePath } from '../signing/byte-urls.ts'
import { toApiError } from '../to-api-error.ts'
import { type GetImageRequest, getImage } from './get-image.ts'
import { createManifestCache } from './manifest-cache.ts'
import { type PutPartRequest, putPart } from './put-part.ts'
import { refuse } from './refuse.ts'

export interface ServeBytesRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
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

export const bytesPrefix = '/bytes/'

/**
 * The presigned byte routes, on Node's raw request and response: web streams and body middleware would cost more than
 * half of the throughput.
 */
export function createServeBytes(deps: Deps): ServeBytes {
  const handlers = deps.upstream?.byteHandlers ?? createLocalByteHandlers(deps)

  const route = async ({ request, response, url, proceed }: Omit<ServeBytesRequest, 'expectsContinue'> & Proceed) => {
    const path = parseBytePath(url.pathname)
    if (!path) throw unknownPath()
    const { imageId, partNumber } = path
    const target = deps.byteUrls.verify(targetOf(request.method, imageId, partNumber), url.searchParams)
    if (target.method === 'PUT') await handlers.putPart({ request, response, ...target, proceed })
    else await handlers.getImage({ request, response, imageId })
  }

  return async (options) => {
    const { request, response, context } = options
    // Bytes move, or the connection is cut: a stalled one would hold its buffers for ever.
    // Node destroys a socket at its timeout, and sets the timeout of its own for the pause between two requests.
    request.socket.setTimeout(deps.config.idleTimeoutMs)
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
      if (error.status >= 500 && !request.destroyed) context.cause = error.cause
      await refuse({ request, response, error, isBodyComing })
    }
  }
}

function createLocalByteHandlers(deps: Deps): ByteHandlers {
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
