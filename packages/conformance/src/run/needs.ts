import type { ConformanceCase, Need, Safety } from '../case.ts'
import { safeties } from '../case.ts'
import type { ServerFacts } from './server-facts.ts'

export interface Available {
  readonly safety: Safety
  readonly hasSecondToken: boolean
  readonly hasReaderToken: boolean
}

/** @returns why the case is not run whatever the server is, or undefined */
export function reasonFromOptions({ safety, needs }: ConformanceCase, available: Available): string | undefined {
  if (safeties.indexOf(safety) > safeties.indexOf(available.safety))
    return `its safety is ${safety}: give --safety ${safety}`
  if (needs.includes('second-token') && !available.hasSecondToken) {
    return "needs another account's token: give --second-token"
  }
  if (needs.includes('reader-token') && !available.hasReaderToken) {
    return 'needs a token that may only read: give --reader-token'
  }
  return undefined
}

/** @returns why the case means nothing on this server, or undefined */
export function reasonFromServer({ needs }: ConformanceCase, server: ServerFacts): string | undefined {
  for (const need of needs) {
    const reason = unmet(need, server)
    if (reason !== undefined) return reason
  }
  return undefined
}

function unmet(need: Need, { role, isDefaultWorkspace, capabilities }: ServerFacts): string | undefined {
  if (need === 'admin') return role === 'admin' ? undefined : `needs an administrator's token, this one is a ${role}'s`
  if (need === 'default-workspace') {
    return isDefaultWorkspace ? undefined : "bare names are of the account's default workspace: leave --workspace away"
  }
  if (need === 'capabilities') return capabilities ? undefined : 'the server announces no capabilities'
  const capability = /^capability:(\w+)$/.exec(need)?.[1]
  if (capability === undefined || capabilities?.[capability] === true) return undefined
  return `the server does not announce ${capability}`
}
