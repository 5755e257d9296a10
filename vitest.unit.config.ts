// The tests that need neither a synthesis nor emulators: they take seconds, so they can run at every save.
import { defineConfig } from 'vitest/config'
import all from './vitest.config.ts'

export default defineConfig({
  test: {
    ...all.test,
    include: ['test/domain/**/*.test.ts', 'test/http/**/*.test.ts'],
    globalSetup: [],
  },
})
