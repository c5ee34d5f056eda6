import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseUrlFor } from '../test-database.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

export interface Replicas {
  readonly first: TestServer
  readonly second: TestServer
  readonly databaseUrl: string
  stop(): Promise<void>
}

/** Two servers of one installation: one database, and one folder of bytes that both see under a name of their own. */
export async function startReplicas(): Promise<Replicas> {
  const first = await startTestServer()
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-replica-'))
  await symlink(join(first.dataDir, 'blobs'), join(dataDir, 'blobs'))
  const databaseUrl = (await databaseUrlFor(first.dataDir)) ?? ''
  const second = await startTestServer({ dataDir, config: { databaseUrl } })
  return {
    first,
    second,
    databaseUrl,
    async stop() {
      await second.stop()
      await first.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
