import { expect, it } from 'vitest'
import { alterUrl } from './alter-url.ts'

const own = 'http://127.0.0.1:8080/bytes/image_a/parts/1?expires=100&kid=k&signature=zzz'
const s3 = 'https://b.example/key?partNumber=1&uploadId=u&X-Amz-Expires=3600&X-Amz-Signature=00ff00'

it.each([
  [own, 'signature', own.replace('zzz', 'zaz')],
  [own, 'expiry', own.replace('=100', '=101')],
  [own, 'part', own.replace('/parts/1', '/parts/2')],
  [s3, 'signature', s3.replace('00ff00', '00fa00')],
  [s3, 'expiry', s3.replace('3600', '3601')],
  [s3, 'part', s3.replace('partNumber=1', 'partNumber=2')],
] as const)('alters %s in its %s', (url, piece, expected) => {
  expect(alterUrl(url, piece)).toBe(expected)
})

it('says when there is nothing to alter', () => {
  expect(alterUrl('https://b.example/opaque', 'part')).toBeUndefined()
})
