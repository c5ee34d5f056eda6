import { readdir } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { limits } from '@slipway/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, complete, createImage, downloadUrl, partUrl, putPart, sha256Of, uploadImage } from '../uploading.ts'
import { testMode } from '../upstream/test-mode.ts'

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

const put = (url: string, bytes: Uint8Array) => fetch(url, { method: 'PUT', body: Uint8Array.from(bytes) })

const filesOf = async (id: string) => await readdir(join(server.dataDir, 'blobs', id)).catch(() => [])

/** In front of an upstream, its files are its own. */
const expectFileCount = async (id: string, count: number) =>
  testMode().holdsImages && expect(await filesOf(id)).toHaveLength(count)

describe('sending parts', () => {
  it('takes parts in any order and several at a time, and lists them in order', async () => {
    const parts = [bytesOf(smallest, 1), bytesOf(smallest + 1, 2), bytesOf(smallest + 12_345, 3), bytesOf(7, 4)]
    const id = await createImage(server.api)
    const answers = await Promise.all([3, 1, 4, 2].map((n) => putPart(server.api, id, n, parts[n - 1] as Buffer)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const { body } = await server.api('GET', `/v2/images/${id}/parts`)
    expect(body.data).toMatchObject(
      parts.map((bytes, index) => ({ part_id: index + 1, size: bytes.length, sha256: sha256Of(bytes) })),
    )
    expect(answers[0]?.headers.get('etag')).toBe(body.data[2].etag)
    expect((await complete(server.api, id, sha256Of(...parts))).status).toBe(200)
    const response = await fetch(await downloadUrl(server.api, id))
    expect(sha256Of(new Uint8Array(await response.arrayBuffer()))).toBe(sha256Of(...parts))
  })

  it('pages the list of parts', async () => {
    const id = await createImage(server.api)
    for (const n of [1, 2, 5]) await putPart(server.api, id, n, bytesOf(10, n))
    const first = (await server.api('GET', `/v2/images/${id}/parts?limit=2`)).body
    expect({ ids: first.data.map((part: { part_id: number }) => part.part_id), more: first.has_more }).toEqual({
      ids: [1, 2],
      more: true,
    })
    const second = (await server.api('GET', `/v2/images/${id}/parts?limit=2&starting_after=${first.cursor}`)).body
    expect({ data: second.data.length, more: second.has_more }).toEqual({ data: 1, more: false })
    expect((await server.api('GET', `/v2/images/${id}/parts?starting_after=x`)).status).toBe(400)
  })

  it('lets a part be sent again before completion, and keeps only the last bytes', async () => {
    const id = await createImage(server.api)
    await putPart(server.api, id, 1, bytesOf(smallest, 1))
    await putPart(server.api, id, 2, bytesOf(50, 2))
    const wrong = await complete(server.api, id, sha256Of(bytesOf(smallest, 9), bytesOf(50, 2)))
    expect(wrong.status).toBe(400)
    await putPart(server.api, id, 1, bytesOf(smallest, 9))
    await expectFileCount(id, 2)
    expect((await complete(server.api, id, sha256Of(bytesOf(smallest, 9), bytesOf(50, 2)))).status).toBe(200)
  })

  it('names both digests at a mismatch and loses nothing', async () => {
    const id = await createImage(server.api)
    await putPart(server.api, id, 1, bytesOf(100))
    const { status, body } = await complete(server.api, id, 'a'.repeat(64))
    expect({ status, code: body.error.details[0].code }).toEqual({ status: 400, code: 'digest_mismatch' })
    expect(body.error.message).toContain('a'.repeat(64))
    expect(body.error.message).toContain(sha256Of(bytesOf(100)))
    expect((await complete(server.api, id, sha256Of(bytesOf(100)))).status).toBe(200)
  })

  it('keeps the bytes of a completed image unchangeable', async () => {
    const id = await createImage(server.api)
    const url = await partUrl(server.api, id, 1)
    await put(url, bytesOf(100))
    await complete(server.api, id, sha256Of(bytesOf(100)))
    expect(await codeOf(await put(url, bytesOf(100, 2)))).toBe('409 not_uploadable')
    expect((await server.api('POST', `/v2/images/${id}/parts`, { part_id: 2 })).status).toBe(409)
    await expectFileCount(id, 1)
  })

  it('refuses to complete what has no parts, gaps or too small a part', async () => {
    const id = await createImage(server.api)
    const code = async () => (await complete(server.api, id, 'a'.repeat(64))).body.error.details[0]
    expect(await code()).toMatchObject({ code: 'no_parts' })
    await putPart(server.api, id, 1, bytesOf(100))
    await putPart(server.api, id, 4, bytesOf(100))
    expect(await code()).toMatchObject({ code: 'part_missing', field: 'parts.2' })
    await putPart(server.api, id, 2, bytesOf(smallest))
    await putPart(server.api, id, 3, bytesOf(smallest))
    expect(await code()).toMatchObject({ code: 'part_too_small', field: 'parts.1' })
  })

  it('takes an empty image', async () => {
    const id = await uploadImage(server.api, [Buffer.alloc(0)])
    const response = await fetch(await downloadUrl(server.api, id))
    expect({ status: response.status, bytes: (await response.arrayBuffer()).byteLength }).toEqual({
      status: 200,
      bytes: 0,
    })
  })

  it('leaves nothing of a part whose sender went away', async () => {
    const id = await createImage(server.api)
    const url = new URL(await partUrl(server.api, id, 1))
    await new Promise<void>((resolve) => {
      const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': 3_000_000 } })
      request.on('error', () => resolve())
      request.write(bytesOf(2_000_000), () => request.destroy())
    })
    await expect.poll(() => server.logText()).toContain(`"path":"${url.pathname}"`)
    await expect.poll(() => filesOf(id)).toEqual([])
    expect((await server.api('GET', `/v2/images/${id}/parts`)).body.data).toEqual([])
    expect((await server.api('GET', `/v2/images/${id}`)).body.upload_status).toBe('uploading')
  })
})

describe('refusing before the bytes are sent', () => {
  /** Speaks HTTP itself: what a client library would hide is what matters here. */
  function exchange(head: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.server.port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n`))
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
  }

  it('answers without asking for the body when the signature is wrong', async () => {
    const { pathname, search } = new URL(await partUrl(server.api, await createImage(server.api), 1))
    const text = await exchange([
      `PUT ${pathname}${search}x HTTP/1.1`,
      'Host: x',
      'Content-Length: 5000000000',
      'Expect: 100-continue',
    ])
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
    expect(text).toContain('invalid_signature')
  })

  it('asks for the body when the part is welcome', async () => {
    const url = new URL(await partUrl(server.api, await createImage(server.api), 1))
    const status = await new Promise((resolve, reject) => {
      const headers = { expect: '100-continue', 'content-length': 5 }
      const request = httpRequest(url, { method: 'PUT', headers }, (response) => resolve(response.resume().statusCode))
      request.on('continue', () => request.end('hello'))
      request.on('error', reject)
      request.flushHeaders()
    })
    expect(status).toBe(200)
  })

  it('refuses a part over 5 GiB by its length', async () => {
    const { pathname, search } = new URL(await partUrl(server.api, await createImage(server.api), 1))
    const text = await exchange([
      `PUT ${pathname}${search} HTTP/1.1`,
      'Host: x',
      `Content-Length: ${limits.maxPartSizeBytes + 1}`,
      'Expect: 100-continue',
    ])
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toContain('body_too_large')
  })

  it('answers what is no HTTP in the envelope', async () => {
    const text = await exchange(['GET / HTTP/1.1', 'Host: x', 'broken header'])
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('"invalid_request_error"')
  })

  it('refuses a Host header that no URL can carry', async () => {
    const id = await createImage(server.api, 'host-header')
    const text = await exchange([
      `POST /v2/images/${id}/parts HTTP/1.1`,
      'Host: evil.example/path?',
      `Authorization: Bearer ${await server.token()}`,
      'Content-Type: application/json',
      'Content-Length: 13',
      'Connection: close',
      '',
      '{"part_id":1}',
    ])
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('presigned URLs', () => {
  it.each([
    ['signature', (url: URL) => url.searchParams.set('signature', 'A'.repeat(43))],
    ['expiry', (url: URL) => url.searchParams.set('expires', '99999999999')],
    ['key id', (url: URL) => url.searchParams.set('kid', 'other')],
    [
      'part',
      (url: URL) => {
        url.pathname = url.pathname.replace('/parts/1', '/parts/2')
      },
    ],
    ['absence', (url: URL) => url.searchParams.delete('signature')],
    ['repetition', (url: URL) => url.searchParams.append('expires', '99999999999')],
    [
      'last character',
      (url: URL) => {
        // Base64url of 32 bytes has two spare bits in its last character.
        const signature = url.searchParams.get('signature') as string
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
        const next = alphabet[alphabet.indexOf(signature.slice(-1)) ^ 1]
        url.searchParams.set('signature', signature.slice(0, -1) + next)
      },
    ],
  ])('are refused when altered in their %s', async (_, alter) => {
    const url = new URL(await partUrl(server.api, await createImage(server.api), 1))
    alter(url)
    expect(await codeOf(await put(url.href, bytesOf(10)))).toBe('403 invalid_signature')
  })

  it('expire', async () => {
    const url = await partUrl(server.api, await createImage(server.api), 1)
    server.clock.offsetMs = 3_700_000
    try {
      expect(await codeOf(await put(url, bytesOf(10)))).toBe('403 expired_url')
    } finally {
      server.clock.offsetMs = 0
    }
  })

  it('hold for their own method only', async () => {
    const id = await uploadImage(server.api, [bytesOf(10)])
    const url = await downloadUrl(server.api, id)
    expect(await codeOf(await fetch(url, { method: 'PUT', body: 'x' }))).toBe('405 method_not_allowed')
    expect(await codeOf(await fetch(`${server.url}/bytes/nothing`))).toBe('404 unknown_path')
  })

  it('stop working when the image is revoked or deleted', async () => {
    const id = await uploadImage(server.api, [bytesOf(10)])
    const url = await downloadUrl(server.api, id)
    await server.api('POST', `/v2/images/${id}/revoke`)
    expect(await codeOf(await fetch(url))).toBe('409 not_completed')
    await server.api('POST', `/v2/images/${id}/reinstate`)
    expect((await fetch(url)).status).toBe(200)
    await server.api('DELETE', `/v2/images/${id}`)
    expect(await codeOf(await fetch(url))).toBe('404 image_not_found')
  })
})
