import { describe, expect, it } from 'vitest'
import { createJobRecord } from './job-record.ts'

interface Database {
  readonly purged?: number
  readonly chargedBytes?: number
}

/** Answers the record's questions as an installation does on which all is well, but for what is given. */
function databaseWith({ purged = 2, chargedBytes = 100 }: Database = {}) {
  return async <Row>(sql: string): Promise<readonly Row[]> => {
    if (sql.startsWith('select id')) return []
    if (sql.includes('count(*)')) return [{ count: String(purged) } as Row]
    return [{ bytes: String(sql.includes('stored_bytes') ? chargedBytes : 100) } as Row]
  }
}
const verified = JSON.stringify({ msg: 'verified', imageId: 'image_a' })
const purgedOne = JSON.stringify({ msg: 'maintenance', job: 'purge-images', count: 1 })

describe('the record of jobs', () => {
  it('has nothing to say of jobs that were done once, nor of half a line', async () => {
    const record = createJobRecord()
    for (const line of [verified, purgedOne, purgedOne, 'Serving', verified.slice(0, 20)]) record.hear(line)
    expect(await record.complaints(databaseWith())).toEqual([])
  })

  it.each<[string, readonly string[], Database, RegExp]>([
    ['a second verdict', [verified, verified], {}, /image_a was verified 2 times/],
    ['a purge too many', [purgedOne, purgedOne], { purged: 1 }, /2 purges were told of, of 1 images/],
    ['bytes that are counted twice', [], { chargedBytes: 200 }, /charged for 200 bytes, its images have 100/],
  ])('finds %s', async (_what, lines, database, complaint) => {
    const record = createJobRecord()
    for (const line of lines) record.hear(line)
    expect(await record.complaints(databaseWith(database))).toEqual([expect.stringMatching(complaint)])
  })
})
