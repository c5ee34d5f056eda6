import { apiPrefixes, contract, type OperationDefinition, type OperationName } from '@slipway/core'
import { Hono } from 'hono'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import type { AppEnv } from './env.ts'
import { methodNotAllowed, unknownPath } from './not-served.ts'

export interface MatchedOperation {
  readonly name: OperationName
  readonly params: Readonly<Record<string, string>>
}

export interface OperationRouter {
  /** @param path as it was sent, without the query @returns undefined when no operation has this method and path */
  match(method: string, path: string): MatchedOperation | undefined
  /** Answers what no operation matches: 405 for another method at a known path, 404 elsewhere. */
  readonly unserved: Hono<AppEnv>
}

interface Route {
  readonly name: OperationName
  readonly paramNames: readonly string[]
}

/** Finds every operation where the contract says, under both prefixes where it says so. */
export function createOperationRouter(): OperationRouter {
  const router = new RegExpRouter<Route>()
  const methodsByPath = new Map<string, string[]>()
  for (const name of Object.keys(contract) as OperationName[]) {
    const { method, params } = contract[name]
    const route = { name, paramNames: Object.keys(params.shape) }
    for (const path of routePathsOf(contract[name])) {
      router.add(method, path, route)
      methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), method])
    }
  }
  return {
    match(method, path) {
      const [matches, values] = router.match(method === 'HEAD' ? 'GET' : method, path)
      const [route, places] = matches[0] ?? []
      if (route === undefined || places === undefined) return undefined
      const params: Record<string, string> = {}
      for (const param of route.paramNames) {
        const place = places[param]
        params[param] = decoded(typeof place === 'number' ? values?.[place] : place)
      }
      return { name: route.name, params }
    },
    unserved: createUnserved(methodsByPath),
  }
}

function routePathsOf({ path, isPrefixed, formerPath }: OperationDefinition): string[] {
  const paths = isPrefixed ? apiPrefixes.map((prefix) => prefix + path) : [path]
  if (formerPath !== undefined) paths.push(formerPath)
  return paths.map((served) => served.replace(/\{(\w+)\}/g, ':$1'))
}

function createUnserved(methodsByPath: ReadonlyMap<string, readonly string[]>): Hono<AppEnv> {
  const unserved = new Hono<AppEnv>()
  for (const [path, methods] of methodsByPath) {
    unserved.all(path, (c) => {
      const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods
      throw methodNotAllowed({ method: c.req.method, allowed })
    })
  }
  unserved.notFound(() => {
    throw unknownPath()
  })
  return unserved
}

/** What cannot be decoded is left to the schemas, which refuse it in words. */
function decoded(value: string | undefined = ''): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
