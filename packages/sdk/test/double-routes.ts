import type { IncomingMessage } from 'node:http'

export interface Route {
  readonly operation: string
  readonly ref: string | undefined
  readonly partNumber: number | undefined
  readonly signature: string | undefined
}

const apiRoutes: readonly (readonly [string, RegExp, string])[] = [
  ['GET', /^\/v1\/account\/me$/, 'account'],
  ['POST', /^\/v2\/images$/, 'createImage'],
  ['GET', /^\/v2\/images$/, 'listImages'],
  ['GET', /^\/v2\/images\/([^/]+)$/, 'getImage'],
  ['DELETE', /^\/v2\/images\/([^/]+)$/, 'deleteImage'],
  ['GET', /^\/v2\/capabilities$/, 'capabilities'],
  ['GET', /^\/v2\/images\/([^/]+)\/parts$/, 'listParts'],
  ['POST', /^\/v2\/images\/([^/]+)\/parts$/, 'createPartUrl'],
  ['POST', /^\/v2\/images\/([^/]+)\/complete$/, 'complete'],
  ['GET', /^\/v2\/images\/([^/]+)\/download$/, 'download'],
  ['PUT', /^\/bytes\/([^/]+)\/(\d+)$/, 'putPart'],
  ['GET', /^\/bytes\/([^/]+)$/, 'getBytes'],
]

export function routeOf(request: IncomingMessage): Route {
  const url = new URL(request.url ?? '/', 'http://double')
  const signature = url.searchParams.get('signature') ?? undefined
  for (const [method, pattern, operation] of apiRoutes) {
    const match = request.method === method ? pattern.exec(url.pathname) : null
    if (!match) continue
    const [, ref, partNumber] = match
    return {
      operation,
      signature,
      ref: ref === undefined ? undefined : decodeURIComponent(ref),
      partNumber: partNumber === undefined ? undefined : Number(partNumber),
    }
  }
  return { operation: 'unknown', ref: undefined, partNumber: undefined, signature }
}
