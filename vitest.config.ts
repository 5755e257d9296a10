import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/processes/**', 'test/compatibility/**', 'test/game-day/**'],
    globalSetup: ['test/setup.ts'],
    // Files share the module graph of their worker: loading it anew for each took a quarter of the run. A file leaves nothing
    // behind: what it mocks, stubs or starts ends with it.
    isolate: false,
    setupFiles: ['test/unstub.ts'],
    // Journeys wait more than they compute.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
