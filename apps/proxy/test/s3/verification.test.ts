import { afterEach, describe, expect, it } from 'vitest'
import type { ServeConfig } from '../../src/config-schema.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, complete, createImage, putPart, sha256Of, uploadImage } from '../uploading.ts'

const running: TestServer[] = []
async function start(config: Partial<ServeConfig>): Promise<TestServer> {
  const server = await startTestServer({ config })
  running.push(server)
  return server
}
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
})

const wrong = 'a'.repeat(64)
const parts = [bytesOf(5_300_000, 1), bytesOf(70_001, 2)]

describe('verification in the background', () => {
  it('tells that an image has the declared bytes, some time after its completion', async () => {
    const server = await start({ verify: 'background' })
    expect((await server.api('GET', '/v2/capabilities')).body).toMatchObject({
      verifies_sha256: false,
      part_sha256: false,
      part_content_length: true,
    })
    const id = await uploadImage(server.api, parts)
    await expect
      .poll(async () => (await server.api('GET', `/v2/images/${id}`)).body.sha256_verified, { timeout: 10_000 })
      .toBe(true)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('slipway_verified_images_total 1\n')
    expect(metrics).toContain('slipway_verified_bytes_total 5370001\n')
    expect(metrics).toContain('slipway_unverified_images 0\n')
  })

  it('makes an image with other bytes failed, withdraws it and says why', async () => {
    const server = await start({ verify: 'background' })
    const id = await createImage(server.api, 'wrong')
    for (const [index, bytes] of parts.entries()) await putPart(server.api, id, index + 1, bytes)
    expect((await complete(server.api, id, wrong)).status).toBe(200)
    await expect
      .poll(async () => (await server.api('GET', `/v2/images/${id}`)).body, { timeout: 10_000 })
      .toMatchObject({
        upload_status: 'failed',
        failure_reason: `the stored bytes have the digest ${sha256Of(...parts)}, not the declared ${wrong}`,
      })
    expect((await server.api('GET', `/v2/images/${id}/download`)).status).toBe(409)
    const again = await complete(server.api, id, wrong)
    expect(again.body.error.details[0]).toMatchObject({ code: 'digest_mismatch', field: 'sha256' })
  })
})

describe('verification before the answer', () => {
  it('completes what has the declared bytes, and refuses what has not', async () => {
    const server = await start({ verify: 'complete' })
    expect((await server.api('GET', '/v2/capabilities')).body.verifies_sha256).toBe(true)
    const id = await createImage(server.api)
    for (const [index, bytes] of parts.entries()) await putPart(server.api, id, index + 1, bytes)
    const answer = await complete(server.api, id, sha256Of(...parts))
    expect(answer).toMatchObject({ status: 200, body: { sha256_verified: true, upload_status: 'completed' } })

    const other = await createImage(server.api)
    await putPart(server.api, other, 1, bytesOf(10))
    for (let attempt = 1; attempt <= 2; attempt++) {
      const refused = await complete(server.api, other, wrong)
      expect(refused).toMatchObject({ status: 400, body: { error: { details: [{ code: 'digest_mismatch' }] } } })
    }
    expect((await server.api('GET', `/v2/images/${other}`)).body.upload_status).toBe('uploading')
    // Nothing is lost: the right digest completes it.
    expect((await complete(server.api, other, sha256Of(bytesOf(10)))).status).toBe(200)
  })
})

describe('without verification', () => {
  it('an image stays unverified', async () => {
    const server = await start({ verify: 'off' })
    const id = await uploadImage(server.api, [bytesOf(10)])
    server.deps.maintenance.start()
    expect((await server.api('GET', `/v2/images/${id}`)).body).toMatchObject({
      upload_status: 'completed',
      sha256_verified: false,
    })
  })
})
