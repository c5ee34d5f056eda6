import { expect, it } from 'vitest'
import type { ImageRecord } from '../ledger/ledger.ts'
import { judgeListing } from './judge-listing.ts'

const image = (id: string, createdAtMs: number, deletedAtMs?: number): ImageRecord => ({
  id,
  createdAtMs,
  name: id,
  parts: new Map(),
  completions: [],
  completionBegunAtMs: undefined,
  isCorrupted: false,
  deletions:
    deletedAtMs === undefined ? [] : [{ startedAtMs: deletedAtMs, endedAtMs: deletedAtMs, isAcknowledged: true }],
  revocations: [],
  reinstatements: [],
  claim: undefined,
})

it('misses an image that was there all the time, and no other', () => {
  const records = [
    image('there', 10),
    image('too-late', 150),
    image('deleted', 10, 50),
    image('deleted-meanwhile', 10, 110),
  ]
  expect(judgeListing(records, new Set(), { askedAtMs: 100, answeredAtMs: 120 })).toEqual(['there'])
  expect(judgeListing(records, new Set(['there']), { askedAtMs: 100, answeredAtMs: 120 })).toEqual([])
})
