// Runs in every test file: takes back stubbed environment variables and globals after each test. vitest's own `unstubEnvs`
// does so before each test only, so the last test of a file would leave its stubs to the next file of the same worker.
import { afterEach, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})
