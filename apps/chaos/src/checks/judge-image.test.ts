import { describe, expect, it } from 'vitest'
import type { Act, ImageRecord, PartAct } from '../ledger/ledger.ts'
import { judgeImage, type SeenImage } from './judge-image.ts'

const act = (startedAtMs: number, endedAtMs: number, isAcknowledged = true): Act => ({
  startedAtMs,
  endedAtMs,
  isAcknowledged,
})
const open = (startedAtMs: number): Act => act(startedAtMs, Number.POSITIVE_INFINITY, false)
const part = (base: Act, sha256: string | undefined): PartAct => ({ ...base, sha256 })

const verifiesBefore = { verifiesAfterCompletion: false }
const verifiesLater = { verifiesAfterCompletion: true }

const record = (more: Partial<ImageRecord> = {}): ImageRecord => ({
  id: 'image_a',
  createdAtMs: 10,
  name: 'a',
  parts: new Map(),
  completions: [],
  completionBegunAtMs: undefined,
  isCorrupted: false,
  deletions: [],
  revocations: [],
  reinstatements: [],
  claim: undefined,
  ...more,
})
const seen = (uploadStatus: string | undefined, more: Partial<SeenImage> = {}): SeenImage => ({
  askedAtMs: 100,
  answeredAtMs: 110,
  image: uploadStatus === undefined ? undefined : { uploadStatus, sha256: uploadStatus === 'uploading' ? null : 'A' },
  parts: undefined,
  ...more,
})

describe('judgeImage', () => {
  const completed = { completions: [{ ...act(20, 30), sha256: 'A' }] }
  const rivals = new Map([
    [1, [part(act(12, 14), 'P')]],
    [2, [part(act(12, 14), 'P'), part(open(16), 'Q')]],
  ])
  const alike = new Map([
    [1, [part(act(12, 14), 'P'), part(act(15, 16), 'P'), part(open(17), undefined)]],
    [2, [part(act(12, 14), 'Q')]],
  ])

  it.each<[string, ImageRecord, SeenImage]>([
    ['a created image that is gone', record(), seen(undefined)],
    ['an image whose deletion was acknowledged', record({ deletions: [act(20, 30)] }), seen('completed')],
    ['a completed image that is being uploaded', record(completed), seen('uploading')],
    ['a completed image that is revoked by nobody', record(completed), seen('revoked')],
    ['another digest', record({ completions: [{ ...act(20, 30), sha256: 'B' }] }), seen('completed')],
    ['a claim that is not so', record({ claim: { sha256: 'A', atMs: 50 } }), seen('uploading')],
    ['a revocation that is undone', record({ ...completed, revocations: [act(40, 50)] }), seen('completed')],
    [
      'a reinstatement that is undone',
      record({ ...completed, revocations: [act(40, 50)], reinstatements: [act(60, 70)] }),
      seen('revoked'),
    ],
    [
      'an acknowledged part that is gone',
      record({ parts: new Map([[1, [part(act(20, 30), 'P')]]]) }),
      seen('uploading', { parts: [] }),
    ],
    [
      'a part of other bytes',
      record({ parts: new Map([[1, [part(act(20, 30), 'P')]]]) }),
      seen('uploading', { parts: [{ partNumber: 1, sha256: 'Q' }] }),
    ],
    [
      'a part whose replacement was acknowledged',
      record({ parts: new Map([[1, [part(act(20, 30), 'P'), part(act(40, 50), 'Q')]]]) }),
      seen('uploading', { parts: [{ partNumber: 1, sha256: 'P' }] }),
    ],
    [
      'a part that a server was sent on before its replacement was acknowledged',
      record({ parts: new Map([[1, [part(act(20, 30, false), 'X'), part(act(40, 50), 'P')]]]) }),
      seen('uploading', { parts: [{ partNumber: 1, sha256: 'X' }] }),
    ],
    [
      'an acknowledged part of which there is nothing but what was sent on',
      record({ parts: new Map([[1, [part(act(20, 40), 'P'), part(act(25, 35, false), 'X')]]]) }),
      seen('uploading', { parts: [] }),
    ],
  ])('catches %s', (_what, image, shown) => {
    expect(judgeImage(image, shown, verifiesBefore)).not.toEqual([])
    expect(judgeImage(image, shown, verifiesLater)).not.toEqual([])
  })

  it.each<[string, ImageRecord]>([
    ['nothing changed its bytes', record(completed)],
    ['its parts were sent more than once, always with the same bytes', record({ ...completed, parts: alike })],
  ])('catches a completed image that fails though %s', (_what, image) => {
    expect(judgeImage(image, seen('failed'), verifiesLater)).not.toEqual([])
    expect(judgeImage(image, seen('failed'), verifiesBefore)).not.toEqual([])
  })

  it.each<[string, ImageRecord]>([
    ['a part was changed on its way', record({ ...completed, isCorrupted: true })],
    ['rivals sent different bytes', record({ ...completed, parts: rivals })],
  ])('accepts that a completed image fails where bytes are verified afterwards: %s', (_what, image) => {
    expect(judgeImage(image, seen('failed'), verifiesLater)).toEqual([])
    expect(judgeImage(image, seen('failed'), verifiesBefore)).not.toEqual([])
  })

  it.each<[string, ImageRecord, SeenImage]>([
    ['what was acknowledged', record(completed), seen('completed')],
    ['an image that is not there yet', record({ createdAtMs: undefined }), seen(undefined)],
    ['a deletion without an answer that took effect', record({ deletions: [open(20)] }), seen(undefined)],
    ['a deletion without an answer that did not', record({ ...completed, deletions: [open(20)] }), seen('completed')],
    [
      'a completion that came after the question',
      record({ completions: [{ ...act(90, 105), sha256: 'A' }] }),
      seen('uploading'),
    ],
    ['a revocation without an answer', record({ ...completed, revocations: [open(40)] }), seen('revoked')],
    [
      'a revocation and a reinstatement that overlap',
      record({ ...completed, revocations: [act(40, 60)], reinstatements: [act(50, 70)] }),
      seen('revoked'),
    ],
    [
      'a part that arrived without an answer',
      record({ parts: new Map([[1, [part(open(20), 'P'), part(act(40, 50), 'Q')]]]) }),
      seen('uploading', { parts: [{ partNumber: 1, sha256: 'P' }] }),
    ],
    [
      'parts that an object store forgot because it was asked to complete the upload',
      record({ parts: new Map([[1, [part(act(20, 30), 'P')]]]), completionBegunAtMs: 40 }),
      seen('uploading', { parts: [] }),
    ],
    [
      'a part that a server was sent on with other bytes than its client sent',
      record({ parts: new Map([[1, [part(act(20, 40), 'P'), part(act(25, 35, false), 'X')]]]) }),
      seen('uploading', { parts: [{ partNumber: 1, sha256: 'X' }] }),
    ],
    [
      'a part whose digest is not computed yet',
      record({ parts: new Map([[1, [part(act(20, 30), 'P')]]]) }),
      seen('uploading', { parts: [{ partNumber: 1, sha256: null }] }),
    ],
  ])('accepts %s', (_what, image, shown) => {
    expect(judgeImage(image, shown, verifiesBefore)).toEqual([])
  })
})
