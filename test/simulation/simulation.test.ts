// Failures of the past that are mended, and a few runs of any kind, each twice: a run is the same whenever it is made. In a
// process of its own, because the simulation replaces the clocks of its process. Many runs: npm run simulate.
import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const RUNS = 12

test('what was found and mended stays mended, and runs can be repeated', async () => {
  const files = globSync(pathOf('seeds/*.json'))
  const replays = files.flatMap((file) => ['--replay', file])
  const args = [pathOf('run.ts'), '--repeat', '--runs', String(RUNS), ...replays]
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((failed) => failed)
  const lines = String(stdout).trim().split('\n')
  expect(lines.filter((line) => !line.endsWith(': passed'))).toEqual([])
  expect(lines).toHaveLength(RUNS + files.length)
})
