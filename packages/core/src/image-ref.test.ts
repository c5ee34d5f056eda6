import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  imageId,
  imagePath,
  legacyImageId,
  name,
  withIllegalAffix,
  workspaceId,
  workspacePath,
} from '../test/arbitraries.ts'
import { isImageId } from './ids.ts'
import {
  formatImageRef,
  formatWorkspaceRef,
  type ImageRef,
  parseImageRef,
  parseWorkspaceRef,
  type WorkspaceRef,
} from './image-ref.ts'
import { InvalidValueError } from './invalid-value-error.ts'
import { formatImagePath, formatWorkspacePath } from './resource-path.ts'

const imageRef: fc.Arbitrary<ImageRef> = fc.oneof(
  imageId.map((id) => ({ kind: 'id' as const, id })),
  imagePath.map((path) => ({ kind: 'path' as const, path })),
  name.filter((value) => !isImageId(value)).map((value) => ({ kind: 'name' as const, name: value })),
)
const workspaceRef: fc.Arbitrary<WorkspaceRef> = fc.oneof(
  workspaceId.map((id) => ({ kind: 'id' as const, id })),
  workspacePath.map((path) => ({ kind: 'path' as const, path })),
)

test('parsing gives back the reference that was formatted', () => {
  fc.assert(fc.property(imageRef, (ref) => void expect(parseImageRef(formatImageRef(ref))).toEqual(ref)))
  fc.assert(fc.property(workspaceRef, (ref) => void expect(parseWorkspaceRef(formatWorkspaceRef(ref))).toEqual(ref)))
})

test('a legacy id refers to the canonical one', () => {
  fc.assert(
    fc.property(legacyImageId, (id) => {
      expect(parseImageRef(id)).toEqual({ kind: 'id', id: id.replace('vmi_', 'image_') })
    }),
  )
})

test('what has the form of an id is an id; one character too long, it is a name', () => {
  expect(parseImageRef(`image_${'a'.repeat(21)}`)).toMatchObject({ kind: 'id' })
  expect(parseImageRef(`image_${'a'.repeat(22)}`)).toMatchObject({ kind: 'name' })
})

test('a reference inside a longer text is refused', () => {
  fc.assert(
    fc.property(withIllegalAffix(fc.oneof(imageId, legacyImageId, name, imagePath.map(formatImagePath))), (text) => {
      expect(() => parseImageRef(text)).toThrow(InvalidValueError)
    }),
  )
  fc.assert(
    fc.property(withIllegalAffix(fc.oneof(workspaceId, workspacePath.map(formatWorkspacePath))), (text) => {
      expect(() => parseWorkspaceRef(text)).toThrow(InvalidValueError)
    }),
  )
})

test.each([
  ['', /an image id \(image_…\), a resource path \(.*\) or a name, not ""$/],
  [undefined, /or a name, but it is missing$/],
  ['sfc:image:a:b', /must be an image resource path: sfc:image:<account>:<workspace>:<name>, not "sfc:image:a:b"$/],
  ['sfc:workspace:a:b', /must be an image resource path/],
  [{}, /not a value of type object$/],
])('%j as an image is refused by a message that says what is accepted', (value, message) => {
  expect(() => parseImageRef(value)).toThrow(message)
})

test.each([
  ['default', /a workspace id \(wksp_…\) or a resource path \(.*\), not "default"$/],
  ['sfc:image:a:b:c', /must be a workspace resource path/],
  [null, /not null$/],
])('%j as a workspace is refused by a message that says what is accepted', (value, message) => {
  expect(() => parseWorkspaceRef(value)).toThrow(message)
})
