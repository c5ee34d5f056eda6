import { expect, it } from 'vitest'
import { originOf } from './origin.ts'

it.each(['localhost:8080', '127.0.0.1', '[::1]:80', 'images.example.com', 'a_b:1'])('takes the host %s', (host) => {
  expect(originOf({ publicUrl: undefined, host })).toBe(`http://${host}`)
})

it.each([undefined, '', 'a b', 'a/b', 'user@host', 'a?b', 'a:99999', '-a', 'a\nb'])('refuses the host %j', (host) => {
  expect(() => originOf({ publicUrl: undefined, host })).toThrow('Host')
})

it('prefers the public URL', () => {
  expect(originOf({ publicUrl: 'https://public', host: 'evil' })).toBe('https://public')
})
