import { setTimeout as sleep } from 'node:timers/promises'
import { createAdminToken } from './admin-token.ts'
import { requireCeph, startCeph } from './engines/ceph.ts'
import { startPostgres } from './engines/postgres.ts'
import { createJobRecord } from './job-record.ts'
import { processResources } from './process-resources.ts'
import { createServerProcess } from './server-process.ts'
import type { StartSystem } from './system.ts'
import { startTcpBalancer } from './tcp-balancer.ts'

const replicaCount = 3
const prefix = 'replicas'

/**
 * Three replicas on PostgreSQL and Ceph behind a TCP balancer. Clients send bytes to and from the store themselves, through a
 * link with faults of its own; the replicas reach both without faults but those of the database's process.
 */
export const startPostgresS3System: StartSystem = async (options) => {
  const { directory, publicUrl, env } = options
  requireCeph()
  const releases: (() => unknown)[] = []
  const release = async () => {
    for (const end of releases.splice(0).toReversed()) await end()
  }
  try {
    const postgres = await startPostgres()
    releases.push(postgres.stop)
    const ceph = await startCeph(directory)
    releases.push(ceph.stop)
    const link = await options.startLink({ parts: 'promised' })
    link.aim(ceph.url)

    const jobs = createJobRecord()
    const replicaEnv = {
      ...{ ...env, ...ceph.keys },
      SLIPWAY_DATABASE_URL: postgres.url,
      SLIPWAY_STORAGE_URL: `s3://${ceph.bucket}/${prefix}?endpoint=${ceph.url}&public_endpoint=${link.url}`,
    }
    const replicas = Array.from({ length: replicaCount }, (_, index) =>
      createServerProcess({
        ...options,
        env: replicaEnv,
        args: ['--public-url', publicUrl, '--purge-grace-days', '0', '--verify', 'background', '--log-level', 'info'],
        onLine(line) {
          jobs.hear(line)
          options.onLine(`replica ${index}: ${line}`)
        },
        onUrl: () => undefined,
        onDeath: (how) => options.onDeath(`replica ${index}: ${how}`),
      }),
    )
    const replicaOf = (number: number) => {
      const replica = replicas[number % replicas.length]
      if (!replica) throw new Error(`there is no replica ${number}`)
      return replica
    }
    const each = (act: (replica: (typeof replicas)[number]) => unknown) => Promise.all(replicas.map(act))
    releases.push(() => each((replica) => replica.kill()))

    const token = await createAdminToken({ dataDirectory: undefined, env: replicaEnv })
    await each((replica) => replica.start())
    // Where each was last: a dead one is passed over because it refuses, as a balancer meets it.
    const lastUrls = replicas.map(({ url }) => url())
    const balancer = await startTcpBalancer(() =>
      replicas.flatMap(({ url }, index) => {
        lastUrls[index] = url() ?? lastUrls[index]
        return lastUrls[index] === undefined ? [] : [new URL(lastUrls[index])]
      }),
    )
    releases.push(balancer.stop)
    options.onUrl(balancer.url)

    return {
      mode: 'postgres-s3',
      processFaults: new Set(['kill-server', 'pause-server', 'restart-server', 'restart-database']),
      leftOut: ['disk faults: the replicas keep nothing on a disk'],
      token,
      secrets: [postgres.password, ceph.keys.AWS_SECRET_ACCESS_KEY],
      // The database is away, or the replica is stopping.
      failures: new Set([503]),
      verifiesAfterCompletion: true,
      url: () => balancer.url,
      async suffer(fault) {
        switch (fault.kind) {
          case 'kill-server': {
            const replica = replicaOf(fault.replica)
            await replica.kill()
            await sleep(fault.downMs)
            return await replica.start()
          }
          case 'pause-server': {
            const replica = replicaOf(fault.replica)
            replica.pause()
            await sleep(fault.pausedMs)
            return replica.resume()
          }
          case 'restart-server': {
            const replica = replicaOf(fault.replica)
            await replica.terminate()
            return await replica.start()
          }
          case 'restart-database':
            await postgres.crash()
            await sleep(fault.downMs)
            return await postgres.start()
          default:
            throw new Error(`${fault.kind}: the replicas keep nothing on a disk`)
        }
      },
      async heal() {
        await postgres.start()
        for (const replica of replicas) replica.resume()
        await each((replica) => replica.start())
      },
      async restart() {
        await each((replica) => replica.terminate())
        await each((replica) => replica.start())
      },
      async resources() {
        const pid = replicas[0]?.pid()
        return pid === undefined ? undefined : await processResources(pid)
      },
      leftovers: async () => [],
      complaints: () => jobs.complaints(postgres.query),
      stop: release,
    }
  } catch (error) {
    await release()
    throw error
  }
}
