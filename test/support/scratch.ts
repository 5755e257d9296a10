// Folders for a test file's own use, removed when its last test has ended.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const made: string[] = []

// Registered while the test file is being loaded, so it runs after the file's own hooks.
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'funnel-connect-test-'))
  made.push(folder)
  return folder
}
