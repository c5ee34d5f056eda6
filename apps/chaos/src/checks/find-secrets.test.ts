import { expect, it } from 'vitest'
import { findSecrets } from './find-secrets.ts'

it.each([
  ['token sk_live_0123456789abcdefghij', ['a token']],
  ['PUT /bytes/image_a/parts/1?expires=1&kid=k&signature=abcdefghijklmnopqrstu', ['a signature']],
  ['https://s3/b/k?X-Amz-Signature=0123456789abcdef', ['a signature of S3']],
  ['password=hunter2', ['a password or key']],
  ['token sk_live_… and /bytes/image_a?signature=[redacted]', []],
])('finds in %j what must not be there', (text, expected) => {
  expect(findSecrets(text, ['hunter2', ''])).toEqual(expected)
})
