import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  imageId,
  imagePath,
  legacyImageId,
  name,
  sha256,
  withIllegalAffix,
  workspaceId,
  workspacePath,
} from '../../test/arbitraries.ts'
import { formatImagePath, formatWorkspacePath } from '../resource-path.ts'
import {
  cursorSchema,
  imageIdSchema,
  imagePathSchema,
  imageRefSchema,
  nameSchema,
  partNumberSchema,
  presignedUrlSchema,
  sha256Schema,
  unixSecondsSchema,
  workspaceIdSchema,
  workspaceLookupSchema,
  workspacePathSchema,
  workspaceRefSchema,
} from './primitives.ts'

const imagePathText = imagePath.map(formatImagePath)
const workspacePathText = workspacePath.map(formatWorkspacePath)

const schemas = {
  nameSchema: { schema: nameSchema, valid: name },
  imageIdSchema: { schema: imageIdSchema, valid: imageId },
  workspaceIdSchema: { schema: workspaceIdSchema, valid: workspaceId },
  imagePathSchema: { schema: imagePathSchema, valid: imagePathText },
  workspacePathSchema: { schema: workspacePathSchema, valid: workspacePathText },
  imageRefSchema: { schema: imageRefSchema, valid: fc.oneof(imageId, legacyImageId, imagePathText, name) },
  workspaceRefSchema: { schema: workspaceRefSchema, valid: fc.oneof(workspaceId, workspacePathText) },
  workspaceLookupSchema: { schema: workspaceLookupSchema, valid: fc.oneof(workspaceId, workspacePathText, name) },
  sha256Schema: { schema: sha256Schema, valid: sha256 },
  cursorSchema: { schema: cursorSchema, valid: name.map((text) => `imagec_${text.replaceAll('.', '_')}`) },
}

describe.each(Object.entries(schemas))('%s', (_, { schema, valid }) => {
  test('accepts every valid value as it is', () => {
    fc.assert(
      fc.property(valid, (value) => {
        expect(schema.parse(value)).toBe(value)
      }),
    )
  })

  test('refuses a valid value inside a longer text', () => {
    fc.assert(
      fc.property(withIllegalAffix(valid), (text) => {
        expect(schema.safeParse(text).success).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('refuses what is no text', () => {
    for (const value of [null, 5, true, [], {}, ['image_a']]) expect(schema.safeParse(value).success).toBe(false)
  })

  test('gives examples that it accepts', () => {
    const { examples } = (schema.meta() ?? {}) as { examples?: unknown[] }
    for (const example of examples ?? []) expect(schema.parse(example)).toBe(example)
  })
})

test('an answer never carries a legacy id, a request may', () => {
  expect(imageIdSchema.safeParse('vmi_a').success).toBe(false)
  expect(imageRefSchema.parse('vmi_a')).toBe('vmi_a')
})

test.each(['A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), `0x${'a'.repeat(62)}`, 'g'.repeat(64)])(
  '%s is not a digest',
  (value) => {
    expect(sha256Schema.safeParse(value).success).toBe(false)
  },
)

test.each(['', 'imagec_', 'imagec', 'IMAGEC_a', 'imagec_a='])('%j is not a cursor', (value) => {
  expect(cursorSchema.safeParse(value).success).toBe(false)
})

test.each(['sfc:workspace:a', 'sfc:image:a:b', 'default', 'sfc:workspace:a:b:c:d:e'])(
  '%s is not a workspace reference',
  (value) => {
    expect(workspaceRefSchema.safeParse(value).success).toBe(false)
  },
)

test('part numbers are integers from 1 to 10 000', () => {
  for (const value of [1, 2, 9_999, 10_000]) expect(partNumberSchema.parse(value)).toBe(value)
  for (const value of [0, -1, 10_001, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
    expect(partNumberSchema.safeParse(value).success).toBe(false)
  }
})

test('times are whole seconds', () => {
  expect(unixSecondsSchema.parse(1_738_972_800)).toBe(1_738_972_800)
  for (const value of [1.5, '1738972800', null]) expect(unixSecondsSchema.safeParse(value).success).toBe(false)
})

test('presigned URLs are http or https', () => {
  for (const url of [
    'http://127.0.0.1:8080/bytes/a?signature=b',
    'https://bucket.example.com/k%2Fx?X-Amz-Signature=1',
  ]) {
    expect(presignedUrlSchema.parse(url)).toBe(url)
  }
  for (const url of ['', '/bytes/a', 'file:///etc/passwd', 'javascript:alert(1)', 'example.com', null]) {
    expect(presignedUrlSchema.safeParse(url).success).toBe(false)
  }
})
