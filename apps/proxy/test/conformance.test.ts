import { afterAll, beforeAll, it } from 'vitest'
import { expectConformance } from './conformance-kit.ts'
import { testStorageName } from './engines/test-storage.ts'
import { testDatabase } from './test-database.ts'
import { startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  server.deps.maintenance.start()
})
afterAll(() => server.stop())

it(
  `on ${testDatabase} and ${testStorageName} the server keeps every sentence of the contract`,
  { timeout: 300_000 },
  () => expectConformance(server),
)
