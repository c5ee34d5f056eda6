import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MissingEngine } from './missing-engine.ts'
import { proxyTestDirectory } from './proxy-tests.ts'

/** A PostgreSQL server of the lab's own, on loopback. */
export interface Postgres {
  /** Of the database for the replicas; holds the password. */
  readonly url: string
  readonly password: string
  start(): Promise<void>
  /** As a crash would, without a checkpoint. */
  crash(): Promise<void>
  /** Asked on a connection of its own. */
  query<Row>(sql: string): Promise<readonly Row[]>
  stop(): Promise<void>
}

/** What the proxy's own tests start: see `postgres-cluster.ts` there. */
interface PostgresTests {
  createPostgresCluster(): Promise<PostgresCluster | undefined>
  withClient<Result>(url: string, use: (client: PostgresClient) => Promise<Result>): Promise<Result>
}

interface PostgresCluster {
  createDatabase(name: string): Promise<string>
  start(): Promise<void>
  stop(mode: 'fast' | 'immediate'): Promise<void>
  destroy(): Promise<void>
  destroyAtOnce(): void
}

interface PostgresClient {
  query(sql: string): Promise<{ readonly rows: readonly unknown[] }>
}

const file = join(proxyTestDirectory, 'postgres-cluster.ts')

/** @throws {MissingEngine} where no PostgreSQL can be started */
export async function startPostgres(): Promise<Postgres> {
  const { createPostgresCluster, withClient } = (await import(pathToFileURL(file).href)) as PostgresTests
  const cluster = await createPostgresCluster()
  if (!cluster) throw new MissingEngine('PostgreSQL missing: apt-get install --no-install-recommends postgresql')
  // It would outlive this process.
  process.on('exit', cluster.destroyAtOnce)
  const url = await cluster.createDatabase('chaos')
  let isRunning = true
  return {
    url,
    password: new URL(url).password,
    async start() {
      if (isRunning) return
      await cluster.start()
      isRunning = true
    },
    async crash() {
      isRunning = false
      await cluster.stop('immediate')
    },
    query: <Row>(sql: string) => withClient(url, async (client) => (await client.query(sql)).rows as readonly Row[]),
    async stop() {
      await cluster.destroy()
      process.off('exit', cluster.destroyAtOnce)
    },
  }
}
