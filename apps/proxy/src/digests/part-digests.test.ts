import { describe, expect, it } from 'vitest'
import type { Database, PartRow } from '../metadata/schema.ts'
import type { DigestPart, DigestService } from './digest-service.ts'
import { createPartDigests } from './part-digests.ts'

const partOf = (number: number): DigestPart => ({ partNumber: number, blobKey: `image_a/${number}`, sizeBytes: 1 })
const rowOf = (number: number): PartRow => ({
  image_id: 'image_a',
  part_number: number,
  size_bytes: 1,
  sha256: null,
  etag: '',
  blob_key: `image_a/${number}`,
})

/** Answers when the test says so; records no digest anywhere. */
function startPartDigests({ waitMs }: { waitMs?: number } = {}) {
  const asked: { part: DigestPart; answer: (sha256: string) => void }[] = []
  const digests = {
    digestOfPart: (_: string, part: DigestPart) =>
      new Promise<string>((resolve) => void asked.push({ part, answer: resolve })),
    forget: () => undefined,
  } as unknown as DigestService
  const update = { set: () => update, where: () => update, execute: async () => [] }
  const db = { updateTable: () => update } as unknown as Database
  const log = { warn: () => undefined }
  const partDigests = createPartDigests({ db, digests, log, ...(waitMs !== undefined && { waitMs }) })
  return { partDigests, asked }
}

describe('the digests of parts', () => {
  it('are computed one after another, once nothing arrives any more', async () => {
    const { partDigests, asked } = startPartDigests()
    const over = partDigests.arriving()
    partDigests.want('image_a', partOf(1))
    partDigests.want('image_a', partOf(2))
    expect(asked).toHaveLength(0)
    over()
    await expect.poll(() => asked.length).toBe(1)
    asked[0]?.answer('digest')
    await expect.poll(() => asked.map(({ part }) => part.partNumber)).toEqual([1, 2])
    expect(partDigests.waitingCount()).toBe(0)
  })

  it('are computed at once when the list asks, and never twice at a time', async () => {
    const { partDigests, asked } = startPartDigests()
    const over = partDigests.arriving()
    const answers = Promise.all([
      partDigests.digestsOf('image_a', [rowOf(1)]),
      partDigests.digestsOf('image_a', [rowOf(1)]),
    ])
    await expect.poll(() => asked.length).toBe(1)
    asked[0]?.answer('digest')
    expect((await answers).map((known) => known.get('image_a/1'))).toEqual(['digest', 'digest'])
    expect(asked).toHaveLength(1)
    over()
  })

  it('are left out of the list when they are not known in time', async () => {
    const { partDigests } = startPartDigests({ waitMs: 1 })
    const known = await partDigests.digestsOf('image_a', [rowOf(1), { ...rowOf(2), sha256: 'known' }])
    expect([...known]).toEqual([['image_a/2', 'known']])
  })

  it('are not computed for an image that needs none any more', () => {
    const { partDigests } = startPartDigests()
    partDigests.arriving()
    partDigests.want('image_a', partOf(1))
    partDigests.want('image_b', partOf(2))
    partDigests.forget('image_a')
    expect(partDigests.waitingCount()).toBe(1)
  })
})
