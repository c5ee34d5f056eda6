import { describe, expect, it } from 'vitest'
import { onlyAttemptedParts } from '../fault-proxy/observer.ts'
import { createLedger } from './ledger.ts'

const answer = { status: 200, text: '', requestText: '', sha256: 'A' }

function startLedger() {
  let nowMs = 0
  return createLedger({ now: () => nowMs++, onFailure: () => undefined })
}

describe('the ledger', () => {
  it.each([
    ["the server's own", '/bytes/image_a-1/parts/7?expires=1&signature=x'],
    ["an object store's", '/chaos/replicas/images/image_a-1?X-Amz-Date=1&partNumber=7&uploadId=u&x-id=UploadPart'],
    ["an object store's in a host of its own", '/images/image_a-1?partNumber=7&uploadId=u'],
  ])('knows the part of a presigned URL of %s', (_whose, url) => {
    const { observer, images } = startLedger()
    observer.begin({ method: 'PUT', url }).answered(answer)
    expect(images.get('image_a-1')?.parts.get(7)).toMatchObject([{ isAcknowledged: true, sha256: 'A' }])
  })

  it('takes an object for no part, and a download for none', () => {
    const { observer, images } = startLedger()
    observer.begin({ method: 'PUT', url: '/chaos/images/image_a?x-id=PutObject' }).answered(answer)
    observer.begin({ method: 'GET', url: '/chaos/images/image_a?partNumber=1' }).answered(answer)
    expect(images.size).toBe(0)
  })

  it('takes a part that a server sends on for an attempt, which is over with its answer and acknowledges nothing', () => {
    const { observer, images, counts } = startLedger()
    onlyAttemptedParts(observer).begin({ method: 'PUT', url: '/bytes/image_a/parts/1' }).answered(answer)
    expect(images.get('image_a')?.parts.get(1)).toMatchObject([
      { isAcknowledged: false, sha256: 'A', endedAtMs: expect.any(Number) },
    ])
    expect(images.get('image_a')?.parts.get(1)?.[0]?.endedAtMs).toBeLessThan(Number.POSITIVE_INFINITY)
    expect(counts().parts).toBe(0)
  })

  it.each([
    ['may take effect at any time when all of it was sent', 'A', false],
    ['is over when it broke off', undefined, true],
  ])('knows that a part sent on without an answer %s', (_what, sha256, isOver) => {
    const { observer, images } = startLedger()
    onlyAttemptedParts(observer).begin({ method: 'PUT', url: '/bytes/image_a/parts/1' }).unanswered(sha256)
    const [act] = images.get('image_a')?.parts.get(1) ?? []
    expect(act).toMatchObject({ isAcknowledged: false, sha256 })
    expect(act?.endedAtMs !== Number.POSITIVE_INFINITY).toBe(isOver)
  })

  it('takes nothing else from a link on which parts are sent on', () => {
    const { observer, images } = startLedger()
    onlyAttemptedParts(observer).begin({ method: 'DELETE', url: '/v2/images/image_a' }).answered(answer)
    onlyAttemptedParts(observer).begin({ method: 'POST', url: '/v2/images/image_a/complete' }).unanswered(undefined)
    expect(images.size).toBe(0)
  })

  it('remembers which image got other bytes than were sent, and when its completion was begun', () => {
    const ledger = startLedger()
    ledger.noteCorrupted('/chaos/replicas/images/image_a')
    ledger.observer.begin({ method: 'POST', url: '/v2/images/image_a/complete' }).unanswered(undefined)
    expect(ledger.images.get('image_a')).toMatchObject({ isCorrupted: true, completionBegunAtMs: expect.any(Number) })
  })
})
