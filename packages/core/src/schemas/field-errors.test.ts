import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { contract } from '../contract.ts'
import { errorCodes } from '../errors.ts'
import { fieldErrors } from './field-errors.ts'

function detailsOf(schema: z.ZodType, value: unknown) {
  const result = schema.safeParse(value)
  return result.success ? [] : fieldErrors(result.error)
}

const createBody = contract.createImage.body
const partBody = contract.createPartUrl.body
const listQuery = contract.listImages.query
const nameRule = 'name must be 1 to 255 characters of a-z A-Z 0-9 . _ - starting with a letter or a digit'
const partRule = 'part_id must be a whole number from 1 to 10000'

describe('a refused request names the field, a stable code and what to do', () => {
  test.each<[string, z.ZodType, unknown, string, string, string]>([
    ['no body', createBody, undefined, 'body', 'required', 'body is required: add it'],
    ['a null body', createBody, null, 'body', 'invalid_type', 'body must be a JSON object'],
    ['a list as body', createBody, [], 'body', 'invalid_type', 'body must be a JSON object'],
    ['text as body', createBody, 'x', 'body', 'invalid_type', 'body must be a JSON object'],
    ['a missing field', createBody, {}, 'workspace', 'required', 'workspace is required: add it'],
    ['null for text', createBody, { workspace: null }, 'workspace', 'invalid_type', 'workspace must be a string'],
    ['a number for text', createBody, { workspace: 5 }, 'workspace', 'invalid_type', 'workspace must be a string'],
    ['a list for text', createBody, { workspace: ['a'] }, 'workspace', 'invalid_type', 'workspace must be a string'],
    ['a long name', createBody, { workspace: 'wksp_a', name: 'a'.repeat(256) }, 'name', 'invalid_format', nameRule],
    ['an empty name', createBody, { workspace: 'wksp_a', name: '' }, 'name', 'invalid_format', nameRule],
    ['a missing integer', partBody, {}, 'part_id', 'required', 'part_id is required: add it'],
    ['zero', partBody, { part_id: 0 }, 'part_id', 'out_of_range', 'part_id must be at least 1'],
    ['too many', partBody, { part_id: 10_001 }, 'part_id', 'out_of_range', 'part_id must be at most 10000'],
    ['an unsafe integer', partBody, { part_id: 1e300 }, 'part_id', 'out_of_range', 'part_id must be at most 10000'],
    ['a fraction', partBody, { part_id: 1.5 }, 'part_id', 'invalid_type', partRule],
    ['text for an integer', partBody, { part_id: '1' }, 'part_id', 'invalid_type', partRule],
    ['null for an integer', partBody, { part_id: null }, 'part_id', 'invalid_type', partRule],
    [
      'a query integer',
      listQuery,
      { limit: 'x' },
      'limit',
      'invalid_type',
      'limit must be a whole number from 1 to 200',
    ],
    ['an empty one', listQuery, { limit: '' }, 'limit', 'invalid_type', 'limit must be a whole number from 1 to 200'],
    [
      'a repeated one',
      listQuery,
      { limit: ['1'] },
      'limit',
      'invalid_type',
      'limit must be a whole number from 1 to 200',
    ],
    ['a large one', listQuery, { limit: '201' }, 'limit', 'out_of_range', 'limit must be at most 200'],
    [
      'a query boolean',
      listQuery,
      { include_deleted: '1' },
      'include_deleted',
      'invalid_type',
      'include_deleted must be true or false',
    ],
    ['one for a list', listQuery, { id: 'a' }, 'id', 'invalid_type', 'id must be a list'],
  ])('%s', (_, schema, value, field, code, message) => {
    expect(detailsOf(schema, value)).toEqual([{ field, code, message }])
  })

  test('a bad item of a list by its place', () => {
    expect(detailsOf(listQuery, { id: ['ok', 'not ok'] })).toMatchObject([{ field: 'id.1', code: 'invalid_format' }])
  })

  test('a bad digest and a bad path parameter by the accepted form', () => {
    expect(detailsOf(contract.completeImage.body, { sha256: 'A'.repeat(64) })[0]?.message).toBe(
      'sha256 must be a SHA-256 digest: 64 lower-case hexadecimal digits',
    )
    expect(detailsOf(contract.getImage.params, { id: 'image_a\n' })[0]?.message).toMatch(/^id must be an image id/)
  })

  test('all problems of a body at once', () => {
    expect(
      detailsOf(createBody, { workspace: '!', name: '!', 'a.b': 1, size: 2 }).map(({ field, code }) => [field, code]),
    ).toEqual([
      ['workspace', 'invalid_format'],
      ['name', 'invalid_format'],
      ['a.b', 'unrecognized_field'],
      ['size', 'unrecognized_field'],
    ])
  })
})

test('an unknown field inside another one is named from the root', () => {
  expect(detailsOf(z.object({ outer: z.strictObject({}) }), { outer: { inner: 1 } })).toEqual([
    {
      field: 'outer.inner',
      code: 'unrecognized_field',
      message: 'outer.inner is not a field of this request: remove it or check its spelling',
    },
  ])
})

test('thousands of unknown fields with long names get a short answer', () => {
  const body = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`${index}${'x'.repeat(1000)}`, 1]))
  const details = detailsOf(createBody, body)
  expect(details).toHaveLength(20)
  expect(JSON.stringify(details).length).toBeLessThan(10_000)
})

test('whatever zod finds, a code of the table and a sentence come out', () => {
  const schema = z.object({
    union: z.union([z.string(), z.number()]),
    literal: z.literal('x'),
    choice: z.enum(['a', 'b']),
    text: z.string().min(2),
    list: z.array(z.string()).min(1),
    url: z.url(),
    multiple: z.number().multipleOf(5),
    record: z.record(z.string().regex(/^a/), z.string()),
    custom: z.string().refine(() => false, 'a palindrome'),
    date: z.date(),
  })
  const details = detailsOf(schema, {
    union: true,
    literal: 'y',
    choice: 'c',
    text: 'a',
    list: [],
    url: 'x',
    multiple: 3,
    record: { b: '' },
    custom: '',
    date: 'x',
  })
  for (const { code } of details) expect(errorCodes).toHaveProperty(code)
  expect(details.map(({ message }) => message)).toEqual([
    'union must be in the documented form',
    'literal must be "x"',
    'choice must be one of "a", "b"',
    'text must have at least 2 characters',
    'list must have at least 1 items',
    'url must be in the documented form',
    'multiple must be in the documented form',
    'record.b must be in the documented form',
    'custom must be a palindrome',
    'date must be of type date',
  ])
})
