import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { imagePath, withIllegalAffix, workspacePath } from '../test/arbitraries.ts'
import { InvalidValueError } from './invalid-value-error.ts'
import {
  formatImagePath,
  formatWorkspacePath,
  imagePathPattern,
  parseImagePath,
  parseWorkspacePath,
  workspacePathPattern,
} from './resource-path.ts'

describe('image paths', () => {
  test('parsing gives back what was formatted, and the text matches the documented pattern', () => {
    fc.assert(
      fc.property(imagePath, (path) => {
        expect(formatImagePath(path)).toMatch(imagePathPattern)
        expect(parseImagePath(formatImagePath(path))).toEqual(path)
      }),
    )
  })

  test('a path inside a longer text is refused', () => {
    fc.assert(
      fc.property(withIllegalAffix(imagePath.map(formatImagePath)), (text) => {
        expect(imagePathPattern.test(text)).toBe(false)
        expect(() => parseImagePath(text)).toThrow(InvalidValueError)
      }),
    )
  })

  test.each([
    '',
    'sfc:image:',
    'sfc:image:a:b',
    'sfc:image:a:b:c:d',
    'sfc:image:a::c',
    'sfc:image:a:b:',
    'sfc:Image:a:b:c',
    'sfc:workspace:a:b:c',
    'xsfc:image:a:b:c',
    'sfc:image:a:b:c\n',
    'sfc%3Aimage%3Aa%3Ab%3Ac',
    null,
    ['sfc:image:a:b:c'],
  ])('%j is neither read nor matched', (value) => {
    expect(imagePathPattern.test(String(value)) && typeof value === 'string').toBe(false)
    expect(() => parseImagePath(value)).toThrow(
      /^id must be an image resource path: sfc:image:<account>:<workspace>:<name>/,
    )
  })

  test.each(['sfc:image:.a:b:c', 'sfc:image:a:_b:c', `sfc:image:a:b:${'c'.repeat(256)}`])(
    'the documented pattern matches %.30s, yet no image can have that path',
    (text) => {
      expect(text).toMatch(imagePathPattern)
      expect(() => parseImagePath(text)).toThrow(InvalidValueError)
    },
  )
})

describe('workspace paths', () => {
  test('parsing gives back what was formatted, and the text matches the documented pattern', () => {
    fc.assert(
      fc.property(workspacePath, (path) => {
        expect(formatWorkspacePath(path)).toMatch(workspacePathPattern)
        expect(parseWorkspacePath(formatWorkspacePath(path))).toEqual(path)
      }),
    )
  })

  test('a path inside a longer text is refused', () => {
    fc.assert(
      fc.property(withIllegalAffix(workspacePath.map(formatWorkspacePath)), (text) => {
        expect(workspacePathPattern.test(text)).toBe(false)
        expect(() => parseWorkspacePath(text)).toThrow(InvalidValueError)
      }),
    )
  })

  test.each(['sfc:workspace:a:b:c', 'sfc:workspace:a:b:c:d'])(
    '%s is tolerated by the pattern and names nothing',
    (text) => {
      expect(text).toMatch(workspacePathPattern)
      expect(() => parseWorkspacePath(text)).toThrow(/^workspace must be a workspace resource path: sfc:workspace:/)
    },
  )

  test.each(['sfc:workspace:a', 'sfc:workspace:a:b:c:d:e', 'sfc:workspace::b', 'sfc:image:a:b', 'a:b', 5])(
    '%j is neither read nor matched',
    (value) => {
      expect(workspacePathPattern.test(String(value))).toBe(false)
      expect(() => parseWorkspacePath(value)).toThrow(InvalidValueError)
    },
  )
})
