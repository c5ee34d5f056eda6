import { describe, expect, it } from 'vitest'
import { assembleObject } from './assemble-object.ts'
import type { UploadedPart } from './object-store.ts'
import { StoreError } from './store-error.ts'

const upload = { key: 'images/image_1', uploadId: 'u' }
const MiB = 2 ** 20
const part = (partNumber: number, sizeBytes = 5 * MiB, version = 1): UploadedPart => ({
  partNumber,
  sizeBytes,
  etag: `"${partNumber}-${version}"`,
})
const failure = (code: string, status?: number) =>
  new StoreError({ operation: 'test', code, status, requestId: undefined, hint: 'refused' })

interface FakeStore {
  parts: UploadedPart[] | 'gone'
  objectBytes?: number
  /** What completing does; by default it makes the object. */
  onComplete?: (store: FakeStore) => void
}

function storeOf(state: FakeStore) {
  return {
    sizeOf: async () => state.objectBytes,
    listParts: async () => {
      if (state.parts === 'gone') throw failure('NoSuchUpload', 404)
      return { parts: state.parts, hasMore: false }
    },
    completeUpload: async (_: unknown, sent: readonly UploadedPart[]) => {
      if (state.onComplete) return state.onComplete(state)
      state.parts = 'gone'
      state.objectBytes = sent.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    },
  }
}
const assemble = (state: FakeStore, assertRoomFor: () => Promise<void> = async () => {}) =>
  assembleObject({ store: storeOf(state), upload, assertRoomFor })
const makeObject = (state: FakeStore, sizeBytes: number) => {
  state.parts = 'gone'
  state.objectBytes = sizeBytes
}

describe('assembleObject', () => {
  it('makes one object of the parts', async () => {
    expect(await assemble({ parts: [part(1), part(2, 1)] })).toBe(5 * MiB + 1)
  })

  it('takes the object of an earlier attempt as it is, whatever the store still lists', async () => {
    expect(await assemble({ parts: 'gone', objectBytes: 7 })).toBe(7)
    expect(await assemble({ parts: [], objectBytes: 7 })).toBe(7)
  })

  it.each([
    ['NoSuchUpload', 404],
    ['NoSuchKey', 404],
    ['UnknownError', 500],
    ['TimeoutError', undefined],
  ])('takes the object that another completion made when the store answers %s', async (code, status) => {
    const onComplete = (state: FakeStore) => {
      makeObject(state, 5 * MiB)
      throw failure(code, status)
    }
    expect(await assemble({ parts: [part(1)], onComplete })).toBe(5 * MiB)
  })

  it('looks again when the object was made of other parts than were listed', async () => {
    const state: FakeStore = { parts: [part(1)], onComplete: (store) => makeObject(store, 6 * MiB) }
    expect(await assemble(state)).toBe('changed')
    expect(await assemble(state)).toBe(6 * MiB)
  })

  it('looks again when a part was replaced between listing and completing', async () => {
    const onComplete = (state: FakeStore) => {
      state.parts = [part(1, 5 * MiB, 2)]
      throw failure('InvalidPart', 400)
    }
    expect(await assemble({ parts: [part(1)], onComplete })).toBe('changed')
  })

  it('says which part is odd when the store wants parts of one size', async () => {
    const onComplete = () => {
      throw failure('InvalidPart', 400)
    }
    await expect(assemble({ parts: [part(1), part(2, 6 * MiB), part(3)], onComplete })).rejects.toMatchObject({
      code: 'parts_unequal',
      status: 400,
      details: [{ field: 'parts.2' }],
    })
    // Parts of one size were refused for another reason, which is the store's to tell.
    await expect(assemble({ parts: [part(1), part(2), part(3, 1)], onComplete })).rejects.toBeInstanceOf(StoreError)
  })

  it('refuses what makes no image before the store is asked', async () => {
    const onComplete = () => {
      throw new Error('not to be called')
    }
    await expect(assemble({ parts: [], onComplete })).rejects.toMatchObject({ code: 'no_parts' })
    await expect(assemble({ parts: [part(2)], onComplete })).rejects.toMatchObject({ code: 'part_missing' })
    const noRoom = async () => {
      throw new Error('no room')
    }
    await expect(assemble({ parts: [part(1)], onComplete }, noRoom)).rejects.toThrow('no room')
  })

  it('tells an upload that the store gave up from a store that is down', async () => {
    await expect(assemble({ parts: 'gone' })).rejects.toMatchObject({ code: 'not_uploadable', status: 409 })
    const onComplete = () => {
      throw failure('ECONNREFUSED')
    }
    await expect(assemble({ parts: [part(1)], onComplete })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
