import { describe, expect, it } from 'vitest'
import { createByteUrlCheck } from './byte-targets.ts'

const check = createByteUrlCheck({
  apiUrl: 'https://api.example/base',
  storageHosts: ['bucket.s3.example', '*.r2.example'],
})

describe('byte URLs', () => {
  it.each([
    'https://api.example/bytes/x?signature=y',
    'https://bucket.s3.example/x',
    'https://BUCKET.S3.EXAMPLE:8443/x',
    'https://a.b.r2.example/x',
  ])('may be %s', (url) => {
    expect(check(url).href).toBe(new URL(url).href)
  })

  it.each([
    'https://evil.example/x',
    'https://bucket.s3.example.evil.example/x',
    'https://other.s3.example/x',
    'https://r2.example/x',
    'https://evilr2.example/x',
    'http://bucket.s3.example/x',
    'https://user:secret@bucket.s3.example/x',
    'https://api.example@evil.example/x',
    'https://api.example:8443/x',
    'file:///etc/passwd',
    'not a url',
  ])('may not be %s, and the refusal shows nothing but the host', (url) => {
    expect(() => check(`${url}?signature=planted`)).toThrow()
    expect(() => check(`${url}?signature=planted`)).not.toThrow(/planted|secret|passwd/)
  })
})
