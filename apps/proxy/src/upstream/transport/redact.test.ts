import { expect, it } from 'vitest'
import { createRedact } from './redact.ts'

const redact = createRedact({ token: 'the+key.of/provider' })

it.each([
  'the token the+key.of/provider is wrong',
  'see https://storage.example/b/k?X-Amz-Signature=abc123def for it',
  'Bearer abcdefgh12345678 was sent',
  'X-Amz-Credential=AKIA/2026 in the query',
  'sk_live_abcdefghijk',
  '/b/k?expires=1&signature=abc123def',
])('takes out of "%s" what gives access', (text) => {
  expect(redact(text)).not.toMatch(/provider|abc123def|abcdefgh|AKIA|storage\.example/)
})

it('leaves words alone', () => {
  const text = 'the image image_k3R-nX9v is completed: create a new image (limit 5368709120)'
  expect(redact(text)).toBe(text)
})
