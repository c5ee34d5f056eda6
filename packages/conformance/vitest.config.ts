import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Real servers on machines that are busy with other packages' tests take their time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
