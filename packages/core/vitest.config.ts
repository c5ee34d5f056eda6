import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Everything here is pure: files that share a worker cannot disturb each other, and share the cost of loading zod.
    isolate: false,
  },
})
