import { limits } from '@slipway/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, downloadUrl, sha256Of, uploadImage } from '../uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const smallest = limits.minPartSizeBytes

async function codeOf(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { details: { code: string }[] } }
  return `${response.status} ${error.details[0]?.code}`
}

describe('reading bytes', () => {
  const parts = [bytesOf(smallest, 1), bytesOf(smallest, 2), bytesOf(1000, 3)]
  const whole = Buffer.concat(parts)
  const size = whole.length
  let url: string
  let etag: string
  beforeAll(async () => {
    url = await downloadUrl(server.api, await uploadImage(server.api, parts, 'ranged'))
    etag = `"sha256:${sha256Of(whole)}"`
  })

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=0-', 0, size],
    [`bytes=${smallest - 3}-${smallest + 2}`, smallest - 3, smallest + 3],
    [`bytes=10-${2 * smallest + 10}`, 10, 2 * smallest + 11],
    ['bytes=-1', size - 1, size],
    ['bytes=-999999999', 0, size],
    [`bytes=${size - 5}-999999999`, size - 5, size],
    [`bytes=${smallest}-${2 * smallest - 1}`, smallest, 2 * smallest],
  ])('answers %s', async (range, start, end) => {
    const response = await fetch(url, { headers: { range } })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${size}`)
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.equals(whole.subarray(start, end))).toBe(true)
  })

  it.each([`bytes=${size}-`, 'bytes=-0'])('answers that %s lies outside', async (range) => {
    const response = await fetch(url, { headers: { range } })
    expect(response.headers.get('content-range')).toBe(`bytes */${size}`)
    expect(await codeOf(response)).toBe('416 range_not_satisfiable')
  })

  it.each(['bytes=5-2', 'bytes=a-b', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=-'])('ignores %s', async (range) => {
    const response = await fetch(url, { headers: { range } })
    expect(response.status).toBe(200)
    expect(Buffer.from(await response.arrayBuffer()).equals(whole)).toBe(true)
  })

  it('tells about the bytes without sending them', async () => {
    const response = await fetch(url, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': String(size),
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="ranged"',
      etag,
    })
  })

  it('honours conditions on the ETag', async () => {
    const status = async (headers: Record<string, string>) => {
      const response = await fetch(url, { headers })
      await response.body?.cancel()
      return response.status
    }
    expect(await status({ 'if-none-match': etag })).toBe(304)
    expect(await status({ 'if-none-match': '"other"' })).toBe(200)
    expect(await status({ 'if-match': etag })).toBe(200)
    expect(await status({ 'if-match': '"other"' })).toBe(412)
    expect(await status({ range: 'bytes=0-1', 'if-range': etag })).toBe(206)
    expect(await status({ range: 'bytes=0-1', 'if-range': '"other"' })).toBe(200)
  })

  it('goes on serving when readers hang up', async () => {
    for (let i = 0; i < 8; i++) {
      const response = await fetch(url)
      const reader = response.body?.getReader()
      await reader?.read()
      await reader?.cancel()
    }
    const response = await fetch(url)
    expect(Buffer.from(await response.arrayBuffer()).equals(whole)).toBe(true)
  })
})
