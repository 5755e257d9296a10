import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/game-day/**/*.test.ts'],
    globalSetup: ['test/setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Each scene has a whole service of its own.
    fileParallelism: false,
  },
})
