import { setTimeout } from 'node:timers/promises'
import { recordRelayedDigest } from '../../metadata/relayed-parts.ts'
import type { RelayedPartRow } from '../../metadata/schema.ts'
import type { RelayContext } from './relay-context.ts'

/** Some 15 GiB; what is known then is kept for the next list. */
const maxWaitMs = 10_000

/** Fills in the digests of listed parts, from their copies. A part that cannot be hashed in time is known by its size only. */
export async function hashListedParts(
  { db, spool }: Pick<RelayContext, 'db' | 'spool'>,
  rows: readonly RelayedPartRow[],
): Promise<RelayedPartRow[]> {
  const timeout = new AbortController()
  const late = setTimeout(maxWaitMs, undefined, { signal: timeout.signal, ref: false }).catch(() => undefined)
  let isLate = false
  void late.then(() => {
    isLate = true
  })
  const listed: RelayedPartRow[] = []
  for (const row of rows) {
    const isWanted = row.sha256 === null && !isLate
    const sha256 = isWanted ? await Promise.race([spool?.digestOfPart(row), late]) : undefined
    if (sha256 !== undefined) await recordRelayedDigest(db, { ...row, sha256 })
    listed.push(sha256 === undefined ? row : { ...row, sha256 })
  }
  timeout.abort()
  return listed
}
