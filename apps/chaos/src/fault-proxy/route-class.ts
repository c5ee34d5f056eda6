import type { RouteClass } from '../plan/http-fault.ts'

/** Sorts a request by what it is to the API, or undefined for what is none of it. */
export function routeClassOf(method: string, url: string): RouteClass | undefined {
  const path = url.split('?', 1)[0] ?? ''
  if (!/^\/(?:preview\/)?v[12]\//.test(path)) {
    // Presigned URLs have paths of their own, whoever signs them.
    if (method === 'PUT') return 'put-part'
    return method === 'GET' || method === 'HEAD' ? 'get-bytes' : undefined
  }
  if (method === 'GET') return 'read'
  if (method === 'POST' && path.endsWith('/images')) return 'create'
  if (method === 'POST' && path.endsWith('/complete')) return 'complete'
  return 'change'
}
