import { defineConfig } from 'vitest/config'

const isOnPostgres = process.env.SLIPWAY_TEST_DATABASE === 'postgres'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: isOnPostgres ? [] : ['test/postgres/**'],
    testTimeout: 30_000,
    ...(isOnPostgres && { globalSetup: ['test/postgres-setup.ts'] }),
  },
})
