import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, createImage, downloadUrl, partUrl, uploadImage } from '../uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

it('tells of each request, but never a token, a signature or a query', async () => {
  const token = await server.token()
  const api = server.apiOf(token)
  const id = await createImage(api)
  const put = await partUrl(api, id, 1)
  await fetch(put, { method: 'PUT', body: 'x' })
  const got = await downloadUrl(api, await uploadImage(api, [bytesOf(10)]))
  await (await fetch(got)).arrayBuffer()
  await fetch(`${got}x`)
  await fetch(`${server.url}/v2/images/${token}?token=${token}`)
  await expect.poll(() => server.logText()).toContain('"path":"/v2/images/sk_live_[redacted]"')
  const text = server.logText()
  expect(text).toContain(`"path":"/bytes/${id}/parts/1"`)
  for (const secret of [token, 'signature', new URL(put).searchParams.get('signature') as string, 'expires=']) {
    expect(text).not.toContain(secret)
  }
})
