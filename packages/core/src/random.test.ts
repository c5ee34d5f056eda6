import { expect, test } from 'vitest'
import { webRandomBytes } from './random.ts'

test('gives as many bytes as asked for, other ones each time', () => {
  expect(webRandomBytes(0)).toHaveLength(0)
  expect(webRandomBytes(32)).toHaveLength(32)
  expect(webRandomBytes(32)).not.toEqual(webRandomBytes(32))
})
