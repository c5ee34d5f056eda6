import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, complete, createImage, downloadUrl, partUrl, putPart, sha256Of } from '../uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

it('never completes with bytes other than declared, while a part is being overwritten', async () => {
  const first = bytesOf(6_000_000, 1)
  const second = bytesOf(6_000_000, 2)
  for (let round = 0; round < 5; round++) {
    const id = await createImage(server.api)
    await putPart(server.api, id, 1, first)
    const url = await partUrl(server.api, id, 1)
    const [overwrite, completion] = await Promise.all([
      fetch(url, { method: 'PUT', body: Uint8Array.from(second) }),
      complete(server.api, id, sha256Of(first)),
    ])
    // Either the completion came first, and the bytes are final; or the overwriting did, and the digest is wrong.
    expect(`${completion.status} ${overwrite.status}`).toMatch(/^(200 409|400 200)$/)
    if (completion.status !== 200) continue
    const bytes = Buffer.from(await (await fetch(await downloadUrl(server.api, id))).arrayBuffer())
    expect(bytes.equals(first)).toBe(true)
  }
})

it('finishes a download whose image is deleted meanwhile, and starts no other', async () => {
  const bytes = bytesOf(12_000_000)
  const id = await createImage(server.api)
  await putPart(server.api, id, 1, bytes)
  await complete(server.api, id, sha256Of(bytes))
  const url = await downloadUrl(server.api, id)
  const reader = (await fetch(url)).body?.getReader()
  const chunks: Uint8Array[] = []
  for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
    if (chunks.length === 0) expect((await server.api('DELETE', `/v2/images/${id}`)).status).toBe(200)
    chunks.push(chunk.value)
  }
  expect(sha256Of(...chunks)).toBe(sha256Of(bytes))
  expect((await fetch(url)).status).toBe(404)
})
