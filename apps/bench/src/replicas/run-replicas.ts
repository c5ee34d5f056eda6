import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describeMachine } from '../machine.ts'
import { cephKeys, startCeph } from '../peers/ceph.ts'
import type { Profile } from '../profile.ts'
import { spreadOf } from '../statistics.ts'
import { measureReplicas, type ReplicaFigure } from './measure-replicas.ts'
import { createReplicasDatabase } from './replicas-database.ts'

export interface RunReplicasOptions {
  readonly profile: Profile
  readonly folder: string
  /** A PostgreSQL server, as a user that may create databases. Undefined: one of the benchmark's own. */
  readonly databaseUrl: string | undefined
  readonly say: (text: string) => void
}

const replicaCounts = [1, 2, 4] as const
const packages = 'ceph-mon ceph-osd radosgw ceph-common rclone'
const leftOut = `PostgreSQL and Ceph: left out, Ceph does not start; it takes apt-get install --no-install-recommends ${packages}`

/** What small requests a second 1, 2 and 4 replicas answer together. @returns what to print */
export async function runReplicas(options: RunReplicasOptions): Promise<string> {
  const { profile, folder: parent, databaseUrl, say } = options
  const folder = await mkdtemp(join(parent, 'slipway-replicas-'))
  const releases: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })]
  const measure = async (name: string, env: NodeJS.ProcessEnv, requests: readonly string[]) => {
    const database = await createReplicasDatabase(databaseUrl)
    try {
      say(`${name}: ${database.label}\n`)
      const figures = await measureReplicas({
        ...{ folder: join(folder, name), replicaCounts, requests, say },
        env: { ...env, SLIPWAY_DATABASE_URL: database.url },
        runCount: profile.runCount,
        durationMs: profile.pingMs,
      })
      return [`${name} (${database.label})`, ...table(figures)]
    } finally {
      await database.remove()
    }
  }
  try {
    const lines = [
      describeMachine(),
      `requests a second, medians of ${profile.runCount} rounds (min-max); replicas, database, store and load share the machine`,
      ...(await measure('PostgreSQL and files', {}, ['get', 'list', 'create'])),
    ]
    const ceph = await startCeph(folder).catch((error: Error) => error)
    if (ceph instanceof Error) return `${[...lines, leftOut].join('\n')}\n`
    releases.push(ceph.stop)
    const env = {
      SLIPWAY_STORAGE_URL: `s3://${ceph.bucket}/replicas?endpoint=${ceph.url}`,
      AWS_ACCESS_KEY_ID: cephKeys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: cephKeys.secretAccessKey,
    }
    lines.push(...(await measure('PostgreSQL and Ceph', env, ['part URL', 'create'])))
    return `${lines.join('\n')}\n`
  } finally {
    for (const end of releases.toReversed()) await end()
  }
}

function table(figures: readonly ReplicaFigure[]): string[] {
  const head = `  ${'request'.padEnd(10)} ${replicaCounts.map((count) => `${count} replica${count > 1 ? 's' : ''}`.padStart(24)).join('')}`
  const names = [...new Set(figures.map(({ request }) => request))]
  const cell = (name: string, count: number) => {
    const values = figures.find(({ request, replicaCount }) => request === name && replicaCount === count)?.values ?? []
    const { median, min, max } = spreadOf(values)
    return `${median.toFixed(0)} (${min.toFixed(0)}-${max.toFixed(0)})`.padStart(24)
  }
  return [
    head,
    ...names.map((name) => `  ${name.padEnd(10)} ${replicaCounts.map((count) => cell(name, count)).join('')}`),
  ]
}
