import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rotateSecret } from '../../src/metadata/secrets.ts'
import { bytesOf, complete, createImage, downloadUrl, partUrl, putPart, sha256Of, uploadImage } from '../uploading.ts'
import { type Replicas, startReplicas } from './replicas.ts'

let replicas: Replicas
beforeEach(async () => {
  replicas = await startReplicas()
})
afterEach(() => replicas.stop())

/** The URL as the other replica serves it. */
const movedTo = (url: string, origin: string) => {
  const { pathname, search } = new URL(url)
  return origin + pathname + search
}

describe('two replicas', () => {
  it('accept the URLs that the other one signed, with a key that was made a moment ago too', async () => {
    const { first, second } = replicas
    const id = await createImage(first.api)
    expect((await put(movedTo(await partUrl(first.api, id, 1), second.url), bytesOf(10))).status).toBe(200)
    await rotateSecret(first.deps.db, 'url-signing', Date.now())
    await first.deps.keyring.refresh()
    const [ours] = first.deps.keyring.secrets()
    expect(second.deps.keyring.secrets().map(({ id: keyId }) => keyId)).not.toContain(ours?.id)
    const url = movedTo(await partUrl(first.api, id, 2), second.url)
    expect(new URL(url).searchParams.get('kid')).toBe(ours?.id)
    expect((await put(url, bytesOf(10))).status).toBe(200)
    expect((await put(url.replace(/kid=[^&]+/, 'kid=AAAAAAAA'), bytesOf(10))).status).toBe(403)
  })

  it('accept the cursors of the other one', async () => {
    const { first, second } = replicas
    for (let count = 0; count < 3; count++) await createImage(first.api)
    const page = await first.api('GET', '/v2/images?limit=2')
    const next = await second.api('GET', `/v2/images?limit=2&starting_after=${page.body.cursor}`)
    expect(next.body.data).toHaveLength(1)
  })

  it('see within a second that the other one revoked a token', async () => {
    const { first, second } = replicas
    const { body } = await first.api('POST', '/v2/tokens', { name: 'short', role: 'reader' })
    const api = second.apiOf(body.token)
    expect((await api('GET', '/v2/images')).status).toBe(200)
    await first.api('DELETE', `/v2/tokens/${body.id}`)
    await expect.poll(async () => (await api('GET', '/v2/images')).status, { timeout: 5000 }).toBe(401)
  })

  it('hash what an image consists of now, whichever of them took its parts', async () => {
    const { first, second } = replicas
    const id = await createImage(first.api)
    const parts = [bytesOf(5_300_000, 1), bytesOf(5_300_000, 2), bytesOf(1000, 3)] as const
    await putPart(first.api, id, 1, bytesOf(5_300_000, 9))
    await putPart(second.api, id, 2, parts[1])
    await putPart(first.api, id, 3, parts[2])
    // The first replica has hashed it by now, and does not hear that it is replaced.
    await expect
      .poll(async () => (await first.deps.metrics.render()).text, { timeout: 20_000 })
      .toContain('slipway_hash_lag_bytes 0\n')
    await putPart(second.api, id, 1, parts[0])
    const { body } = await first.api('GET', `/v2/images/${id}/parts`)
    expect(body.data.map((part: { sha256: string }) => part.sha256)).toEqual(parts.map((bytes) => sha256Of(bytes)))
    expect((await complete(first.api, id, sha256Of(...parts))).status).toBe(200)
    const bytes = await (await fetch(await downloadUrl(second.api, id))).arrayBuffer()
    expect(sha256Of(new Uint8Array(bytes))).toBe(sha256Of(...parts))
  })

  it('serve no bytes of what the other one revoked, deleted or purged, though they know its parts', async () => {
    const { first, second } = replicas
    const id = await uploadImage(first.api, [bytesOf(1000)])
    const url = await downloadUrl(second.api, id)
    expect((await fetch(url)).status).toBe(200)
    await first.api('POST', `/v2/images/${id}/revoke`)
    expect((await fetch(url)).status).toBe(409)
    await first.api('POST', `/v2/images/${id}/reinstate`)
    expect((await fetch(url)).status).toBe(200)
    await first.api('DELETE', `/v2/images/${id}`)
    first.clock.offsetMs += 8 * 86_400_000
    expect(await first.deps.maintenance.runOnce()).toMatchObject({ 'purge-images': 1 })
    expect((await fetch(url)).status).toBe(404)
  })

  it('share the maintenance: what one does, the other one finds done', async () => {
    const { first, second } = replicas
    const ids = await Promise.all(Array.from({ length: 12 }, () => uploadImage(first.api, [bytesOf(100)])))
    for (const id of ids) await first.api('DELETE', `/v2/images/${id}`)
    for (const { clock } of [first, second]) clock.offsetMs += 8 * 86_400_000
    const counts = await Promise.all([first, second].map(({ deps }) => deps.maintenance.runOnce()))
    const purged = counts.map((count) => count['purge-images'] ?? 0)
    expect(purged.reduce((sum, count) => sum + count)).toBe(12)
  })
})

async function put(url: string, bytes: Uint8Array): Promise<Response> {
  return await fetch(url, { method: 'PUT', body: Uint8Array.from(bytes) })
}
