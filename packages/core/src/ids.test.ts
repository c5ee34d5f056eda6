import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixedBytes, imageId, legacyImageId, withIllegalAffix, workspaceId } from '../test/arbitraries.ts'
import {
  canonicalImageIdPattern,
  createImageId,
  createWorkspaceId,
  isImageId,
  isWorkspaceId,
  parseImageId,
  parseWorkspaceId,
  workspaceIdPattern,
} from './ids.ts'
import { InvalidValueError } from './invalid-value-error.ts'

describe('image ids', () => {
  test('a canonical id is read as it is', () => {
    fc.assert(fc.property(imageId, (id) => void expect(parseImageId(id)).toBe(id)))
  })

  test('a legacy id is read as the canonical id of the same image', () => {
    fc.assert(
      fc.property(legacyImageId, (id) => {
        expect(isImageId(id)).toBe(true)
        expect(parseImageId(id)).toBe(id.replace('vmi_', 'image_'))
        expect(parseImageId(id)).toMatch(canonicalImageIdPattern)
      }),
    )
  })

  test('an id inside a longer text is refused', () => {
    fc.assert(
      fc.property(withIllegalAffix(fc.oneof(imageId, legacyImageId)), (text) => {
        expect(isImageId(text)).toBe(false)
        expect(() => parseImageId(text)).toThrow(InvalidValueError)
      }),
    )
  })

  test.each([
    '',
    'image_',
    'vmi_',
    'image',
    'IMAGE_a',
    'Vmi_a',
    'image-a',
    'wksp_a',
    `image_${'a'.repeat(22)}`,
    'image_a.b',
    'image_a:b',
    'image_a\n',
    'image_vmi_é',
    undefined,
    null,
    7,
    ['image_a'],
    { toString: () => 'image_a' },
  ])('%j is not an image id', (value) => {
    expect(isImageId(value)).toBe(false)
    expect(() => parseImageId(value, 'id')).toThrow(/^id must be an image id such as image_/)
  })
})

describe('workspace ids', () => {
  test('an id is read as it is', () => {
    fc.assert(fc.property(workspaceId, (id) => void expect(parseWorkspaceId(id)).toBe(id)))
  })

  test('an id inside a longer text is refused', () => {
    fc.assert(
      fc.property(withIllegalAffix(workspaceId), (text) => {
        expect(isWorkspaceId(text)).toBe(false)
        expect(() => parseWorkspaceId(text)).toThrow(InvalidValueError)
      }),
    )
  })

  test.each(['', 'wksp_', 'image_a', `wksp_${'a'.repeat(22)}`, 'wksp_a b', null])(
    '%j is not a workspace id',
    (value) => {
      expect(() => parseWorkspaceId(value)).toThrow(/^workspace must be a workspace id/)
    },
  )
})

describe('created ids', () => {
  test('always match their patterns, and the same random bytes make the same id', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        expect(createImageId(fixedBytes(bytes))).toMatch(canonicalImageIdPattern)
        expect(createImageId(fixedBytes(bytes))).toBe(createImageId(fixedBytes(bytes)))
        expect(createWorkspaceId(fixedBytes(bytes))).toMatch(workspaceIdPattern)
      }),
    )
  })

  test('use every symbol and the full length: 126 random bits', () => {
    const symbols = new Set<string>()
    for (let first = 0; first < 256; first++) {
      const id = createImageId((byteCount) => new Uint8Array(byteCount).fill(first))
      expect(id).toHaveLength('image_'.length + 21)
      symbols.add(id.slice('image_'.length))
    }
    expect(symbols.size).toBe(64)
  })

  test('differ from one to the next by default', () => {
    expect(new Set(Array.from({ length: 1000 }, () => createImageId())).size).toBe(1000)
    expect(createWorkspaceId()).not.toBe(createWorkspaceId())
  })
})
