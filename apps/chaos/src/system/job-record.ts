import { setTimeout as sleep } from 'node:timers/promises'

/** What the replicas said that they did in the background: each image is to be verified once, and purged once. */
export interface JobRecord {
  /** A line of a replica's log. */
  hear(line: string): void
  /**
   * Waits until no image waits for its verification, and compares what was said with what the database has.
   * @param query of the database; its numbers may come as text
   */
  complaints(query: <Row>(sql: string) => Promise<readonly Row[]>): Promise<readonly string[]>
}

interface LogLine {
  readonly msg?: string
  readonly imageId?: string
  readonly job?: string
  readonly count?: number
}

const verdictMessages = new Set(['verified', 'an image has wrong bytes'])
const purgeJob = 'purge-images'
/** A replica that was killed leaves its lease behind, and one that met a dead database tries again after a minute. */
const attempts = 360
const pauseMs = 500

const unverified = `select id from images where upload_status = 'completed' and deleted_at_ms is null and is_sha256_verified = 0`
const purged = 'select count(*) as count from images where purged_at_ms is not null'
/** Bytes that the account is charged for, and those that it has: a completion or a purge that counted twice shows here. */
const charged = 'select coalesce(sum(stored_bytes), 0) as bytes from accounts'
const held = `select coalesce(sum(size_bytes), 0) as bytes from images where completed_at_ms is not null and purged_at_ms is null`

export function createJobRecord(): JobRecord {
  const verdicts = new Map<string, number>()
  let purgedCount = 0

  return {
    hear(line) {
      if (!line.startsWith('{')) return
      const { msg = '', imageId, job, count = 0 } = parse(line)
      if (imageId !== undefined && verdictMessages.has(msg)) verdicts.set(imageId, (verdicts.get(imageId) ?? 0) + 1)
      if (job === purgeJob && msg === 'maintenance') purgedCount += count
    },
    async complaints(query) {
      const found: string[] = []
      const waiting = () => query<{ id: string }>(unverified)
      let left = await waiting()
      for (let attempt = 0; attempt < attempts && left.length > 0; attempt++) {
        await sleep(pauseMs)
        left = await waiting()
      }
      for (const { id } of left) found.push(`${id} is completed and was never verified`)
      for (const [id, count] of verdicts) if (count > 1) found.push(`${id} was verified ${count} times`)
      // One that was killed may have purged some without saying so.
      const [inDatabase] = await query<{ count: string }>(purged)
      if (purgedCount > Number(inDatabase?.count)) {
        found.push(`${purgedCount} purges were told of, of ${inDatabase?.count} images`)
      }
      const [chargedBytes] = await query<{ bytes: string }>(charged)
      const [heldBytes] = await query<{ bytes: string }>(held)
      if (Number(chargedBytes?.bytes) !== Number(heldBytes?.bytes)) {
        found.push(`the account is charged for ${chargedBytes?.bytes} bytes, its images have ${heldBytes?.bytes}`)
      }
      return found
    },
  }
}

/** A process that was killed may leave half a line. */
function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return {}
  }
}
