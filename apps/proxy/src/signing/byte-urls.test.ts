import { describe, expect, it } from 'vitest'
import { createByteUrls, parseBytePath } from './byte-urls.ts'

const secretOf = (id: string) => ({ id, value: Buffer.alloc(32, id) })
const target = { method: 'PUT', imageId: 'image_a', partNumber: 3 } as const

describe('byte URLs', () => {
  it('survive the rotation of keys, and die with their own key', async () => {
    const now = () => 0
    const before = createByteUrls({ secrets: () => [secretOf('old')], now })
    const { searchParams } = new URL(before.issue(target, 'http://host').url)
    const rotated = createByteUrls({ secrets: () => [secretOf('new'), secretOf('old')], now })
    expect(await rotated.verify(target, searchParams)).toEqual(target)
    const forgotten = createByteUrls({ secrets: () => [secretOf('new')], now })
    await expect(forgotten.verify(target, searchParams)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('live as long as they tell, to the second', async () => {
    let nowMs = 500
    const urls = createByteUrls({ secrets: () => [secretOf('a')], now: () => nowMs, lifetimeMs: 1000 })
    const { url, expiresAt } = urls.issue(target, 'https://host')
    const { searchParams } = new URL(url)
    nowMs = expiresAt.getTime() - 1
    expect(await urls.verify(target, searchParams)).toEqual(target)
    nowMs = expiresAt.getTime()
    await expect(urls.verify(target, searchParams)).rejects.toMatchObject({ code: 'expired_url' })
  })
})

it.each([
  ['/bytes/image_a', { imageId: 'image_a', partNumber: undefined }],
  ['/bytes/image_a/parts/10000', { imageId: 'image_a', partNumber: 10_000 }],
  ['/bytes/image_a/parts/10001', undefined],
  ['/bytes/image_a/parts/0', undefined],
  ['/bytes/image_a/parts/01', undefined],
  ['/bytes/vmi_a', undefined],
  ['/bytes/image_a/..', undefined],
  ['/bytes/image_a/', undefined],
])('reads the path %s', (path, expected) => {
  expect(parseBytePath(path)).toEqual(expected)
})
