import { setTimeout as sleep } from 'node:timers/promises'
import type { DirectApi } from '../checks/direct-api.ts'
import { judgeImage } from '../checks/judge-image.ts'
import { lookAtImage } from '../checks/look-at-image.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Evidence } from './evidence.ts'

export interface ImageChecks {
  readonly api: DirectApi
  readonly ledger: Ledger
  readonly evidence: Evidence
  readonly now: () => number
  readonly verifiesAfterCompletion: boolean
}

/** @returns false when the server could not be asked */
export async function checkImage(checks: ImageChecks, id: string): Promise<boolean> {
  const { api, ledger, evidence, now } = checks
  const seen = await lookAtImage(api, id, now)
  if (seen === undefined) return false
  const record = ledger.images.get(id)
  const complaints = typeof seen === 'string' ? [seen] : record ? judgeImage(record, seen, checks) : []
  for (const complaint of complaints) evidence.violate('what is acknowledged stays', complaint)
  return true
}

const pauseMs = 100

/** While faults happen, looks at one image after the other: the newest most often, since most happens to it. */
export async function watchImages(checks: ImageChecks, isOver: () => boolean): Promise<number> {
  let count = 0
  for (let turn = 0; !isOver(); turn++) {
    const ids = [...checks.ledger.images.keys()]
    const reach = turn % 2 === 0 ? Math.min(ids.length, 8) : ids.length
    const id = ids[ids.length - 1 - (turn % Math.max(reach, 1))]
    if (id !== undefined && (await checkImage(checks, id))) count++
    await sleep(pauseMs)
  }
  return count
}
