import { createHash } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DigestPart } from './digest-service.ts'
import { createHashQueue } from './hash-queue.ts'
import type { HashReply } from './messages.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-digests-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Turns run when the test says so. */
function startQueue() {
  const turns: (() => void)[] = []
  const replies: HashReply[] = []
  const queue = createHashQueue({
    directory,
    reply: (message) => replies.push(message),
    schedule: (turn) => turns.push(turn),
  })
  const runTurns = (count = Number.POSITIVE_INFINITY) => {
    for (let done = 0; done < count; done++) {
      const turn = turns.shift()
      if (!turn) return
      turn()
    }
  }
  return { queue, replies, runTurns }
}

let lastBlob = 0
function storeBlob(partNumber: number, bytes: Uint8Array): DigestPart {
  const blobKey = `image_${++lastBlob}`
  writeFileSync(join(directory, blobKey), bytes)
  return { partNumber, blobKey, sizeBytes: bytes.length }
}

const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest('hex')

describe('the hashing queue', () => {
  it('knows the digest of any manifest, however its parts came, landed, were given up, were replaced and were asked about', () => {
    const kinds = ['part', 'grow', 'land', 'abandon', 'turn', 'ask'] as const
    const event = fc.record({
      type: fc.constantFrom(...kinds),
      partNumber: fc.integer({ min: 1, max: 4 }),
      size: fc.nat(40),
    })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { queue, replies, runTurns } = startQueue()
        const held = new Map<number, { part: DigestPart; bytes: Buffer }>()
        const arriving = new Map<number, { blobKey: string; temporaryKey: string; bytes: Buffer }>()
        const expected: string[] = []
        const manifest = () => {
          const parts: { part: DigestPart; bytes: Buffer }[] = []
          for (let n = 1; held.has(n); n++) parts.push(held.get(n) as never)
          return parts
        }
        const land = (part: DigestPart, bytes: Buffer) => {
          held.set(part.partNumber, { part, bytes })
          queue.handle({ type: 'part', imageId: 'image_a', part })
        }
        for (const { type, partNumber, size } of [...events, { type: 'ask', partNumber: 1, size: 0 } as const]) {
          const fresh = Buffer.alloc(size, lastBlob % 251)
          const open = arriving.get(partNumber)
          switch (type) {
            case 'turn':
              runTurns(1)
              break
            case 'part':
              land(storeBlob(partNumber, fresh), fresh)
              break
            case 'grow': {
              const stem = open ? '' : `image_${++lastBlob}`
              const { blobKey, temporaryKey, bytes } = open ?? {
                blobKey: stem,
                temporaryKey: `${stem}.tmp`,
                bytes: Buffer.alloc(0),
              }
              const grown = Buffer.concat([bytes, fresh])
              writeFileSync(join(directory, temporaryKey), grown)
              arriving.set(partNumber, { blobKey, temporaryKey, bytes: grown })
              const part = { partNumber, blobKey, temporaryKey, writtenBytes: grown.length }
              queue.handle({ type: 'arriving', imageId: 'image_a', part })
              break
            }
            case 'land':
              if (!open) break
              arriving.delete(partNumber)
              renameSync(join(directory, open.temporaryKey), join(directory, open.blobKey))
              land({ partNumber, blobKey: open.blobKey, sizeBytes: open.bytes.length }, open.bytes)
              break
            case 'abandon':
              if (!open) break
              arriving.delete(partNumber)
              rmSync(join(directory, open.temporaryKey))
              queue.handle({ type: 'abandoned', imageId: 'image_a', blobKey: open.blobKey })
              break
            case 'ask': {
              const parts = manifest()
              const requestId = expected.push(sha256(...parts.map(({ bytes }) => bytes))) - 1
              queue.handle({ type: 'digest', requestId, imageId: 'image_a', manifest: parts.map(({ part }) => part) })
            }
          }
        }
        runTurns()
        expect(replies).toEqual(expected.map((digest, requestId) => ({ requestId, sha256: digest })))
      }),
      { numRuns: 500 },
    )
  })

  it('has a part hashed by the time that it lands', () => {
    const { queue, replies, runTurns } = startQueue()
    const part = { partNumber: 1, blobKey: `image_${++lastBlob}`, sizeBytes: 6 }
    const temporaryKey = `${part.blobKey}.tmp`
    writeFileSync(join(directory, temporaryKey), 'abcdef')
    for (const writtenBytes of [2, 6]) {
      queue.handle({ type: 'arriving', imageId: 'image_g', part: { ...part, temporaryKey, writtenBytes } })
      runTurns()
    }
    // Other bytes than those that were hashed, to tell whether they are read again.
    writeFileSync(join(directory, part.blobKey), 'ABCDEF')
    queue.handle({ type: 'part', imageId: 'image_g', part })
    queue.handle({ type: 'digest', requestId: 1, imageId: 'image_g', manifest: [part] })
    runTurns()
    expect(replies).toEqual([{ requestId: 1, sha256: sha256(Buffer.from('abcdef')) }])
  })

  it('answers without reading again what it hashed while the parts landed', () => {
    const { queue, replies, runTurns } = startQueue()
    const part = storeBlob(1, Buffer.from('abc'))
    queue.handle({ type: 'part', imageId: 'image_b', part })
    runTurns()
    rmSync(join(directory, part.blobKey))
    queue.handle({ type: 'digest', requestId: 1, imageId: 'image_b', manifest: [part] })
    runTurns()
    expect(replies).toEqual([{ requestId: 1, sha256: sha256(Buffer.from('abc')) }])
  })

  it('tells a blob that is gone from one that is too short', () => {
    const { queue, replies, runTurns } = startQueue()
    const short = { ...storeBlob(1, Buffer.from('abc')), sizeBytes: 4 }
    queue.handle({ type: 'digest', requestId: 1, imageId: 'image_c', manifest: [{ ...short, blobKey: 'image_gone' }] })
    queue.handle({ type: 'digest', requestId: 2, imageId: 'image_d', manifest: [short] })
    runTurns()
    expect(replies).toMatchObject([
      { requestId: 1, failure: 'gone' },
      { requestId: 2, failure: 'unreadable' },
    ])
  })

  it('takes turns between images', () => {
    const { queue, replies, runTurns } = startQueue()
    const large = storeBlob(1, Buffer.alloc(40 * 1024 * 1024))
    const small = storeBlob(1, Buffer.from('x'))
    queue.handle({ type: 'digest', requestId: 1, imageId: 'image_e', manifest: [large] })
    queue.handle({ type: 'digest', requestId: 2, imageId: 'image_f', manifest: [small] })
    runTurns()
    expect(replies.map(({ requestId }) => requestId)).toEqual([2, 1])
  })
})
