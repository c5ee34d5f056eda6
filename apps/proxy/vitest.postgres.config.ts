import { defineConfig } from 'vitest/config'

/**
 * The part of the suite that the default run repeats on PostgreSQL: what only it can show, and the services whose statements
 * differ. `test:engines` runs all of it on every engine.
 */
export default defineConfig({
  test: {
    name: '@slipway/proxy on PostgreSQL',
    include: [
      'test/postgres/**/*.test.ts',
      'test/{concurrency,images-api,life-cycle,query-plans}.test.ts',
      'src/metadata/**/*.test.ts',
    ],
    testTimeout: 30_000,
    env: { SLIPWAY_TEST_DATABASE: 'postgres' },
    globalSetup: ['test/postgres-setup.ts'],
  },
})
