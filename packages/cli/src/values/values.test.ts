import { describe, expect, it } from 'vitest'
import { parseApiUrl } from './api-url.ts'
import { parseCount } from './count.ts'
import { parseToken } from './token.ts'

describe('parseApiUrl', () => {
  it.each([
    ['https://api.sfcompute.com', 'https://api.sfcompute.com'],
    ['https://api.sfcompute.com/', 'https://api.sfcompute.com'],
    ['https://api.sfcompute.com/v2', 'https://api.sfcompute.com'],
    ['https://api.sfcompute.com/preview/v2/', 'https://api.sfcompute.com'],
    ['http://127.0.0.1:8080//', 'http://127.0.0.1:8080'],
    ['http://proxy.example/images-api/v2', 'http://proxy.example/images-api'],
  ])('reads %s', (text, url) => {
    expect(parseApiUrl(text, 'SLIPWAY_API_URL')).toBe(url)
  })

  it.each([
    '',
    'localhost:8080',
    'ftp://example.com',
    'api.sfcompute.com',
    'http://',
    'http://u:p@example.com',
    'http://example.com/?a=1',
  ])('refuses %j and says where it came from', (text) => {
    expect(() => parseApiUrl(text, 'SLIPWAY_API_URL')).toThrow(/\(from SLIPWAY_API_URL\)/)
  })
})

describe('parseToken', () => {
  it('forgives the newline that an editor adds', () => {
    expect(parseToken('sk_live_abc\n', '--token')).toBe('sk_live_abc')
  })

  it.each(['  ', 'two words', '"sk_live_abc"', 'sk_livé', 'a\u0000b'])('refuses %j without showing it', (text) => {
    const shown = (() => {
      try {
        return parseToken(text, '--token')
      } catch (error) {
        return (error as Error).message
      }
    })()
    expect(shown).toMatch(/^the API token from --token /)
    expect(shown).not.toContain('sk_')
  })
})

describe('parseCount', () => {
  it('reads whole numbers from 1 on', () => {
    expect([parseCount('1', '--limit'), parseCount('200', '--limit')]).toEqual([1, 200])
  })

  it.each(['0', '-1', '1.5', 'ten', '', '1e3', '99999999999999999999'])('refuses %j', (text) => {
    expect(() => parseCount(text, '--limit')).toThrow('--limit must be a whole number from 1 on')
  })
})
