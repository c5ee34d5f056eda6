import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './test-server.ts'
import { bytesOf, complete, createImage, defaultWorkspace, putPart, sha256Of } from './uploading.ts'
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
