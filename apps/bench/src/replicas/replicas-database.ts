import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runSql } from '../scale/scale-database.ts'

export interface ReplicasDatabase {
  /** Which server it is on, for people to read. */
  readonly label: string
  readonly url: string
  remove(): Promise<void>
}

/** What the proxy's own tests start: see `postgres-cluster.ts` there. */
interface PostgresTests {
  createPostgresCluster(options: { readonly isDurable: boolean }): Promise<PostgresCluster | undefined>
}

interface PostgresCluster {
  readonly label: string
  createDatabase(name: string): Promise<string>
  destroy(): Promise<void>
  destroyAtOnce(): void
}

/** A database of its own: on the server that is named, else on one that is started for it and makes every commit durable. */
export async function createReplicasDatabase(serverUrl: string | undefined): Promise<ReplicasDatabase> {
  const name = `slipway_replicas_${randomBytes(6).toString('hex')}`
  if (serverUrl !== undefined) {
    await runSql(serverUrl, `create database ${name}`)
    const url = new URL(serverUrl)
    url.pathname = name
    const remove = () => runSql(serverUrl, `drop database ${name} with (force)`)
    return { label: 'the server of --database-url', url: url.href, remove }
  }
  const proxyDirectory = dirname(createRequire(import.meta.url).resolve('@slipway/proxy/package.json'))
  const file = join(proxyDirectory, 'test', 'postgres-cluster.ts')
  const { createPostgresCluster } = (await import(pathToFileURL(file).href)) as PostgresTests
  const cluster = await createPostgresCluster({ isDurable: true })
  if (!cluster) throw new Error('no PostgreSQL: --database-url names a server, or apt-get install postgresql')
  // It would outlive this process.
  process.on('exit', cluster.destroyAtOnce)
  return {
    label: `${cluster.label}, with fsync`,
    url: await cluster.createDatabase(name),
    async remove() {
      await cluster.destroy()
      process.off('exit', cluster.destroyAtOnce)
    },
  }
}
