import { expect, it } from 'vitest'
import { redact } from './redact.ts'

it('takes out the tokens that were given, and what looks like one', () => {
  expect(redact('Bearer my-secret and sk_live_abc-_9', ['my-secret'])).toBe('Bearer [token] and [token]')
})

it('takes the query off every URL, in JSON too', () => {
  const text = '{"url":"https://bucket.example/k?X-Amz-Signature=1&a=b","expires_at":5}'
  expect(redact(text, [])).toBe('{"url":"https://bucket.example/k?[redacted]","expires_at":5}')
})

it('takes signatures out of pieces of URLs', () => {
  expect(redact('/bytes/a?expires=1&signature=abc', [])).toBe('/bytes/a?expires=1&signature=[redacted]')
})
