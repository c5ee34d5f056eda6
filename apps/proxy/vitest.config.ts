import { defineConfig } from 'vitest/config'

// The suite runs on either storage. `test/files/` looks into files and this server's own byte routes, `test/s3/` needs the
// S3 engine that `test/engines/run-engines.ts` starts.
const isOnS3 = process.env.SLIPWAY_TEST_STORAGE === 's3'
const otherStorage = isOnS3 ? 'test/files/**' : 'test/s3/**'

export default defineConfig({
  test: {
    include: isOnS3 ? ['test/**/*.test.ts'] : ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', otherStorage],
    globalSetup: ['test/engines/left-out.ts'],
    testTimeout: 30_000,
  },
})
