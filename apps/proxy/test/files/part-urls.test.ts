import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeRetiredSecrets, rotateSecret } from '../../src/metadata/secrets.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, createImage, partUrl } from '../uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ config: { quotaBytes: 3_000_000, maxConcurrentUploads: 2 } })
})
afterAll(() => server.stop())

const put = (url: string, sizeBytes: number, init: RequestInit = {}) =>
  fetch(url, { method: 'PUT', body: Uint8Array.from(bytesOf(sizeBytes)), ...init })

describe('a part URL', () => {
  it('that is bound to a length takes exactly that', async () => {
    const id = await createImage(server.api)
    const { body } = await server.api('POST', `/v2/images/${id}/parts`, { part_id: 1, content_length: 1000 })
    expect((await put(body.url, 999)).status).toBe(400)
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(1000))
        controller.close()
      },
    })
    const init = { method: 'PUT', body: chunked, duplex: 'half' } as RequestInit
    expect((await fetch(body.url, init)).status).toBe(411)
    expect((await put(body.url.replace('length=1000', 'length=1001'), 1001)).status).toBe(403)
    expect((await put(body.url.replace('length=1000&', ''), 1000)).status).toBe(403)
    expect((await put(body.url, 1000)).status).toBe(200)
  })

  it('survives the rotation of the key, until the old key is removed', async () => {
    const id = await createImage(server.api)
    const before = await partUrl(server.api, id, 1)
    await rotateSecret(server.deps.db, 'url-signing', server.deps.now())
    await server.deps.keyring.refresh()
    const after = await partUrl(server.api, id, 2)
    expect(new URL(after).searchParams.get('kid')).not.toBe(new URL(before).searchParams.get('kid'))
    expect((await put(before, 10)).status).toBe(200)
    expect((await put(after, 10)).status).toBe(200)
    await removeRetiredSecrets(server.deps.db, { retiredBeforeMs: server.deps.now() + 1 })
    await server.deps.keyring.refresh()
    expect((await put(before, 10)).status).toBe(403)
    expect((await put(after, 10)).status).toBe(200)
  })
})

describe('the quota', () => {
  it('refuses what is beyond it, before and after the bytes came, and lets go of what is replaced', async () => {
    const other = server.apiOf(await server.token({ account: 'small' }))
    const id = (await other('POST', '/v2/images', { workspace: 'sfc:workspace:small:default' })).body.id
    const first = await partUrl(other, id, 1)
    expect((await put(first, 2_000_000)).status).toBe(200)
    const second = await partUrl(other, id, 2)
    const refused = await put(second, 1_000_001)
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({ error: { details: [{ code: 'quota_exceeded' }] } })
    const chunked = new Blob([Uint8Array.from(bytesOf(1_000_001))]).stream()
    expect((await fetch(second, { method: 'PUT', body: chunked, duplex: 'half' } as RequestInit)).status).toBe(413)
    expect((await put(first, 2_999_999)).status).toBe(200)
    expect((await put(first, 1000)).status).toBe(200)
    expect((await put(second, 1_000_001)).status).toBe(200)
  })
})

describe('too many uploads at once', () => {
  it('are told to come back, with nothing lost', async () => {
    const id = await createImage(server.api)
    const leave = [server.deps.uploads.enter(), server.deps.uploads.enter()]
    const refused = await put(await partUrl(server.api, id, 1), 10)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    for (const go of leave) go()
    expect((await put(await partUrl(server.api, id, 1), 10)).status).toBe(200)
  })
})
