import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './test-server.ts'
import {
  bytesOf,
  complete,
  createImage,
  defaultWorkspace,
  downloadUrl,
  partUrl,
  putPart,
  sha256Of,
} from './uploading.ts'
import { testMode } from './upstream/test-mode.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

function countOf(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

it('gives a name that 64 clients ask for at once to one of them', async () => {
  const answers = await Promise.all(
    Array.from({ length: 64 }, () => server.api('POST', '/v2/images', { workspace: defaultWorkspace, name: 'raced' })),
  )
  expect(countOf(answers.map(({ status }) => status))).toEqual({ 201: 1, 409: 63 })
})

it('completes an image once when two clients do so with the same digest', async () => {
  const id = await createImage(server.api)
  await putPart(server.api, id, 1, bytesOf(1_000_000))
  const sha256 = sha256Of(bytesOf(1_000_000))
  const answers = await Promise.all([1, 2, 3].map(() => complete(server.api, id, sha256)))
  expect(countOf(answers.map(({ status }) => status))).toEqual({ 200: 3 })
})

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

// The public API does not tell which image is the default.
it.runIf(testMode().kind === 'slipway')('swaps the default image without ever having two', async () => {
  const ids = await Promise.all(
    [1, 2, 3, 4].map(async (seed) => {
      const id = await createImage(server.api)
      await putPart(server.api, id, 1, bytesOf(64, seed))
      await complete(server.api, id, sha256Of(bytesOf(64, seed)))
      await server.api('POST', `/v2/admin/images/${id}/publish`)
      return id
    }),
  )
  const answers = await Promise.all(ids.map((id) => server.api('POST', `/v2/admin/images/${id}/set-default`)))
  expect(countOf(answers.map(({ status }) => status))).toEqual({ 200: 4 })
  const { body } = await server.api('GET', '/v2/images?limit=200')
  expect(body.data.filter((image: { is_default: boolean }) => image.is_default)).toHaveLength(1)
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
