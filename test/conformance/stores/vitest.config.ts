// The contracts on endpoints that serve one request at a time and have one table of this name: one file after the other.
import { defineConfig } from 'vitest/config'
import all from '../../../vitest.config.ts'

export default defineConfig({
  test: { ...all.test, root: '.', globalSetup: [], maxWorkers: 1, fileParallelism: false },
})
