import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/processes/**/*.test.ts', 'test/compatibility/**/*.test.ts'],
    globalSetup: ['test/setup.ts'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    // Each starts whole services, and some are measured by whether they are in time.
    fileParallelism: false,
  },
})
