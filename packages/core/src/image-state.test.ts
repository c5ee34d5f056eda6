import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorCodes } from './errors.ts'
import { type ImageEvent, type ImageState, initialImageState, isUploadable, transitionImage } from './image-state.ts'

const digest = 'a'.repeat(64)
const otherDigest = 'b'.repeat(64)

const events: readonly ImageEvent[] = [
  { type: 'part_url_issued' },
  { type: 'completed', sha256: digest },
  { type: 'completed', sha256: otherDigest },
  { type: 'expired' },
  { type: 'verification_failed' },
  { type: 'revoked' },
  { type: 'reinstated' },
  { type: 'published' },
  { type: 'made_default' },
  { type: 'default_moved' },
  { type: 'deleted' },
]

/** Every arrow that the API documents, and the only event that may follow it. */
const arrows: Readonly<Record<string, ImageEvent['type']>> = {
  'started → uploading': 'part_url_issued',
  'uploading → completed': 'completed',
  'started → failed': 'expired',
  'uploading → failed': 'expired',
  'completed → failed': 'verification_failed',
  'completed → revoked': 'revoked',
  'revoked → completed': 'reinstated',
}

/** What does not settle by itself: deletion hides the image, and a second reinstatement is a documented conflict. */
const unrepeatable = new Set<ImageEvent['type']>(['deleted', 'reinstated'])

function expectInvariants(state: ImageState): void {
  if (state.isPublic) expect(state.uploadStatus).toBe('completed')
  if (state.isDefault) expect(state.isPublic).toBe(true)
  if (state.isDeleted) expect(state.isDefault).toBe(false)
  const isEverCompleted = state.uploadStatus === 'completed' || state.uploadStatus === 'revoked'
  if (isEverCompleted) expect(state.sha256).not.toBeNull()
  if (state.uploadStatus === 'started' || state.uploadStatus === 'uploading') expect(state.sha256).toBeNull()
}

/** Checks one step; every rule of the life cycle is a rule about single steps from reachable states. */
function step(state: ImageState, event: ImageEvent): ImageState {
  const before = structuredClone(state)
  const transition = transitionImage(state, event)
  expect(state).toEqual(before)
  if (!transition.ok) {
    expect([400, 403, 404, 409]).toContain(errorCodes[transition.code])
    expect(transition.message).toMatch(/: .+/)
    return state
  }
  const next = transition.state
  expectInvariants(next)
  expect(state.isDeleted).toBe(false)
  if (next.uploadStatus !== state.uploadStatus) {
    expect(arrows[`${state.uploadStatus} → ${next.uploadStatus}`]).toBe(event.type)
  }
  if (state.sha256 !== null) expect(next.sha256).toBe(state.sha256)
  if (event.type !== 'deleted') expect(next.isDeleted).toBe(false)
  if (!unrepeatable.has(event.type)) {
    const repeated = transitionImage(next, event)
    expect(repeated.ok && repeated.state === next).toBe(true)
  }
  return next
}

/** All states that any sequence of events leads to: the model is finite, so that this covers sequences of every length. */
function reachableStates(): ImageState[] {
  const found = new Map([[JSON.stringify(initialImageState), initialImageState]])
  for (const state of found.values()) {
    for (const event of events) {
      const next = step(state, event)
      found.set(JSON.stringify(next), next)
    }
  }
  return [...found.values()]
}

describe('the model', () => {
  test('keeps every rule in every reachable state under every event', () => {
    const states = reachableStates()
    for (const status of ['started', 'uploading', 'completed', 'failed', 'revoked']) {
      expect(states.map(({ uploadStatus }) => uploadStatus)).toContain(status)
    }
    // 1 started, 1 uploading, 1 failed before completion; with each of two digests: completed (private, public, default),
    // revoked, failed: 13, and all but the two defaults also deleted.
    expect(states).toHaveLength(13 + 11)
  })

  test('keeps every rule along every sequence of up to five events', () => {
    let sequences = 0
    const walk = (state: ImageState, depth: number) => {
      for (const event of depth === 0 ? [] : events) {
        sequences++
        const transition = transitionImage(state, event)
        if (!transition.ok) continue
        // The assertion library would take a minute for what a comparison tells.
        const { state: next } = transition
        if (state.isDeleted || (state.sha256 !== null && next.sha256 !== state.sha256))
          expect.fail(JSON.stringify(state))
        walk(next, depth - 1)
      }
    }
    walk(initialImageState, 5)
    expect(sequences).toBeGreaterThan(1000)
  })

  test('keeps every rule along long random sequences', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (sequence) => {
        const last = sequence.reduce(step, initialImageState)
        expect(isUploadable(last)).toBe(!last.isDeleted && ['started', 'uploading'].includes(last.uploadStatus))
      }),
    )
  })

  test('reaches each documented arrow', () => {
    const reached = reachableStates().flatMap((state) =>
      events.flatMap((event) => {
        const next = step(state, event)
        return next.uploadStatus === state.uploadStatus ? [] : [`${state.uploadStatus} → ${next.uploadStatus}`]
      }),
    )
    expect(new Set(reached)).toEqual(new Set(Object.keys(arrows)))
  })
})

const uploading: ImageState = { ...initialImageState, uploadStatus: 'uploading' }
const completed: ImageState = { ...initialImageState, uploadStatus: 'completed', sha256: digest }
const revoked: ImageState = { ...completed, uploadStatus: 'revoked' }
const failed: ImageState = { ...initialImageState, uploadStatus: 'failed' }
const published: ImageState = { ...completed, isPublic: true }
const byDefault: ImageState = { ...published, isDefault: true }
const deleted: ImageState = { ...completed, isDeleted: true }

describe('refusals have the documented codes', () => {
  test.each<[string, ImageState, ImageEvent, string]>([
    ['completing an image without parts', initialImageState, { type: 'completed', sha256: digest }, 'no_parts'],
    [
      'completing again with another digest',
      completed,
      { type: 'completed', sha256: otherDigest },
      'already_completed',
    ],
    [
      'completing a revoked image, even with its digest',
      revoked,
      { type: 'completed', sha256: digest },
      'not_uploadable',
    ],
    ['completing a failed image', failed, { type: 'completed', sha256: digest }, 'not_uploadable'],
    ['a part for a completed image', completed, { type: 'part_url_issued' }, 'not_uploadable'],
    ['a part for a failed image', failed, { type: 'part_url_issued' }, 'not_uploadable'],
    ['expiring a completed image', completed, { type: 'expired' }, 'not_uploadable'],
    ['failing the verification of an unfinished image', uploading, { type: 'verification_failed' }, 'not_completed'],
    ['revoking an unfinished image', uploading, { type: 'revoked' }, 'not_completed'],
    ['revoking a public image', published, { type: 'revoked' }, 'public_image'],
    ['reinstating a completed image', completed, { type: 'reinstated' }, 'not_revoked'],
    ['publishing an unfinished image', uploading, { type: 'published' }, 'not_completed'],
    ['publishing a revoked image', revoked, { type: 'published' }, 'not_completed'],
    ['making a private image the default', completed, { type: 'made_default' }, 'not_public'],
    ['deleting the default image', byDefault, { type: 'deleted' }, 'default_image'],
    ['anything to a deleted image', deleted, { type: 'completed', sha256: digest }, 'image_not_found'],
    ['deleting a deleted image', deleted, { type: 'deleted' }, 'image_not_found'],
  ])('%s', (_, state, event, code) => {
    expect(transitionImage(state, event)).toMatchObject({ ok: false, code })
  })

  test('another digest is refused by a message that names the first one', () => {
    const transition = transitionImage(completed, { type: 'completed', sha256: otherDigest })
    expect(transition).toMatchObject({ message: expect.stringContaining(digest) })
  })
})

describe('accepted is', () => {
  test('the same digest again, without a change', () => {
    const transition = transitionImage(completed, { type: 'completed', sha256: digest })
    expect(transition.ok && transition.state === completed).toBe(true)
  })

  test('a failed verification of the default image, which is then neither default nor public', () => {
    const transition = transitionImage(byDefault, { type: 'verification_failed' })
    expect(transition).toEqual({ ok: true, state: { ...completed, uploadStatus: 'failed' } })
  })

  test('deleting an image in any status', () => {
    for (const state of [initialImageState, uploading, completed, failed, revoked, published]) {
      expect(transitionImage(state, { type: 'deleted' })).toEqual({ ok: true, state: { ...state, isDeleted: true } })
    }
  })
})
