import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/day/**/*.test.ts'],
    globalSetup: ['test/setup.ts'],
    testTimeout: 1_800_000,
    fileParallelism: false,
  },
})
