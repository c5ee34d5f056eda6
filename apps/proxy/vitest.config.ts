import { defineConfig } from 'vitest/config'

// The suite runs on either database and either storage. `test/files/` looks into files and this server's own byte routes,
// `test/s3/` needs the S3 engine that `test/engines/run-engines.ts` starts.
const isOnPostgres = process.env.SLIPWAY_TEST_DATABASE === 'postgres'
const isOnS3 = process.env.SLIPWAY_TEST_STORAGE === 's3'

export default defineConfig({
  test: {
    include: isOnS3 ? ['test/**/*.test.ts'] : ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      ...(isOnS3 ? ['test/files/**', 'test/upstream/**'] : ['test/s3/**']),
      ...(isOnPostgres ? [] : ['test/postgres/**']),
      // Two servers on one folder of bytes.
      ...(isOnS3 ? ['test/postgres/{races,replicas}.test.ts'] : []),
    ],
    globalSetup: ['test/engines/left-out.ts', ...(isOnPostgres ? ['test/postgres-setup.ts'] : [])],
    testTimeout: 30_000,
  },
})
