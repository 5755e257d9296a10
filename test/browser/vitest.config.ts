import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // One browser and one local stack at a time: they share ports and two cores.
    fileParallelism: false,
  },
})
