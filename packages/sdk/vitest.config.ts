import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Transfers on a machine that is busy with other packages' tests take their time.
    testTimeout: 30_000,
  },
})
